// Mistakes that somebody could make in the reorder check. Each of them changes what it does for some inventory.
import { inFile } from '../trial.ts'

const yaml = inFile('workflow.yaml')
const plan = inFile('plan_orders.py')

export const reorderCheck = [
  // What is low.
  yaml('item["stock"] >= item["threshold"]', 'item["stock"] > item["threshold"]'),
  yaml('item["stock"] >= item["threshold"]', 'item["stock"] >= item["threshold"] - 1'),
  yaml('item["stock"] >= item["threshold"]', 'item["stock"] >= 2 * item["threshold"]'),
  yaml('item["stock"] >= item["threshold"]', 'item["threshold"] >= item["stock"]'),
  yaml('item.get(field) is None', 'not item.get(field)'),
  yaml('("stock", "threshold")', '("stock",)'),
  yaml('("supplier", "pack_size", "unit_price")', '("pack_size", "unit_price")'),
  yaml('"no " + " and no ".join(unknown)', '"no " + unknown[0]'),
  yaml('"checked": len(inventory)', '"checked": len(low)'),
  yaml('"count": len(low)', '"count": len(low) + len(needs_attention)'),
  yaml('order_by="sku"', 'order_by="sku", limit=200'),
  yaml('order_by="sku"', 'order_by="-sku"'),
  // How much of it, from whom.
  plan('exact(context["restock_factor"])', 'Decimal(2)'),
  plan('target - exact(item["stock"])', 'target'),
  plan('to_integral_value(ROUND_CEILING)', 'to_integral_value()'),
  plan('max(1, ', 'max(0, '),
  plan('quantity = packs * pack', 'quantity = target - exact(item["stock"])'),
  plan('Decimal(str(number))', 'Decimal(number)'),
  plan('where={"status": "open"}', 'where={}'),
  plan('if item["sku"] in on_order', 'if item["sku"] not in on_order'),
  plan('already_ordered += 1', 'already_ordered = 1'),
  plan('[item["supplier"], item.get("currency")]', '[item["supplier"], "EUR"]'),
  plan('quantize(Decimal("0.01"))', 'quantize(Decimal("0.1"))'),
  plan('reverse=True', 'reverse=False'),
  plan('key=lambda order: order["total"]', 'key=lambda order: str(order["total"])'),
  plan('sum(len(order["lines"]) for order in orders)', 'len(orders)'),
  // The orders themselves.
  yaml('if order_id not in taken', 'if True'),
  yaml('count(1)', 'count(0)'),
  yaml('"status": "open"', '"status": "draft"'),
  yaml('              **planned,', '              "supplier": planned["supplier"],'),
  yaml('records.insert("purchase_orders", order)', 'pass'),
  yaml('now().isoformat(timespec="seconds")', 'now().isoformat()'),
  // The way through it, and what people are told.
  yaml('when: outputs["find low stock"].count == 0', 'when: outputs["find low stock"].count <= 1'),
  yaml(
    'when: outputs["find low stock"].count == 0',
    'when: size(outputs["find low stock"].needs_attention) == 0',
  ),
  yaml('when: outputs["plan orders"].items == 0', 'when: outputs["plan orders"].already_ordered > 0'),
  yaml('restock_factor: 2', 'restock_factor: 3'),
  yaml('Reorder: {{ outputs["plan orders"].items }}', 'Reorder: {{ outputs["find low stock"].checked }}'),
  yaml(
    '{{ outputs["plan orders"].already_ordered }} low items',
    '{{ outputs["plan orders"].items }} low items',
  ),
  yaml(`value: '{{ outputs["find low stock"].count }}'`, `value: '{{ outputs["plan orders"].items }}'`),
  yaml(
    'rows: outputs["create purchase orders"].orders',
    'rows: outputs["create purchase orders"].orders.filter(order, order.currency == "EUR")',
  ),
  yaml('{{ size(row.lines) }}', '{{ row.lines[0].packs }}'),
  yaml('{{ row.total }} {{ row.currency }}', '{{ row.total }} EUR'),
  yaml('item.sku + " (" + item.why + ")"', 'item.sku'),
]
