"""Plans one order for each supplier and currency: whole packs, exact money, nothing that is on its way already."""

from collections import defaultdict
from decimal import ROUND_CEILING, Decimal


def exact(number: float) -> Decimal:
    """Records hold JSON numbers; going by their text keeps 0.1 what it looks like."""
    return Decimal(str(number))


def plan_line(item: dict) -> dict:
    """How much to order of an item: enough to fill it up, rounded up to whole packs."""
    target = exact(item["threshold"]) * exact(context["restock_factor"])
    pack = exact(item["pack_size"])
    packs = max(1, ((target - exact(item["stock"])) / pack).to_integral_value(ROUND_CEILING))
    quantity = packs * pack
    return {
        "sku": item["sku"],
        "name": item.get("name"),
        "quantity": float(quantity),
        "unit": item.get("unit"),
        "packs": int(packs),
        "unit_price": item["unit_price"],
        "total": (quantity * exact(item["unit_price"])).quantize(Decimal("0.01")),
    }


open_orders = records.query("purchase_orders", where={"status": "open"})
on_order = {line["sku"] for order in open_orders for line in order.get("lines", [])}

lines_by_supplier = defaultdict(list)
already_ordered = 0
for item in outputs["find low stock"]["low"]:
    if item["sku"] in on_order:
        already_ordered += 1
    else:
        lines_by_supplier[item["supplier"], item.get("currency")].append(plan_line(item))

orders = [
    {
        "supplier": supplier,
        "currency": currency,
        "total": sum(line["total"] for line in lines),
        "lines": lines,
    }
    for (supplier, currency), lines in lines_by_supplier.items()
]
orders.sort(key=lambda order: order["total"], reverse=True)

return {"orders": orders, "items": sum(len(order["lines"]) for order in orders), "already_ordered": already_ordered}
