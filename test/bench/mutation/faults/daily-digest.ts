// Mistakes that somebody could make in the daily digest. Each of them changes what some morning's digest says.
import { inFile } from '../trial.ts'

const yaml = inFile('workflow.yaml')
const gather = inFile('gather.py')

export const dailyDigest = [
  // Words and lists.
  gather('SHOWN = 3', 'SHOWN = 4'),
  gather('if more > 0 else ""', 'if more > 1 else ""'),
  gather('names[:SHOWN]', 'names[-SHOWN:]'),
  gather('len(names) - SHOWN', 'len(names)'),
  gather('one if number == 1 else many', 'one if number == 0 else many'),
  gather('one if number == 1 else many', 'many'),
  // Tasks.
  gather('{"status": "open"}, order_by="due")', '{}, order_by="due")'),
  gather('order_by="due"', 'order_by="title"'),
  gather('task["due"] <= today', 'task["due"] < today'),
  gather('sum(task["due"] < today', 'sum(task["due"] <= today'),
  gather('if task["due"] and task', 'if task'),
  gather('len(open_tasks)} open', 'len(due)} open'),
  // Stock.
  gather('item["stock"] < item["threshold"]', 'item["stock"] <= item["threshold"]'),
  gather('item.get("stock") is not None', 'item.get("stock")'),
  gather('item.get("threshold") is not None and', ''),
  gather('item["sku"] not in on_order', 'item["sku"] in on_order'),
  gather('item.get("name") or item["sku"]', 'item.get("name") or "?"'),
  gather('"purchase_orders", {"status": "open"}) for line', '"purchase_orders") for line'),
  // Orders.
  gather(
    'records.query("purchase_orders", {"status": "open"}, order_by="created_at")',
    'records.query("purchase_orders", {"status": "open"})',
  ),
  gather('order_by="created_at"', 'order_by="-created_at"'),
  gather('Decimal(str(order.get("total") or 0))', 'Decimal(order.get("total") or 0)'),
  gather('{total:,.2f}', '{total:,.0f}'),
  gather('order.get("currency") or "?"', '"EUR"'),
  // Incidents, and the whole.
  gather('["open", "acknowledged", "unattended"]', '["open", "acknowledged"]'),
  gather('("critical", "high", "medium", "low")', '("low", "medium", "high", "critical")'),
  gather('order_by="opened_at"', 'order_by="-opened_at"'),
  gather('if urgent == 0', 'if urgent <= 1'),
  gather('", len(incidents)', '", 0'),
  gather('{today:%A}, {today.day}', '{today:%A}, {today:%d}'),
  // Rates.
  yaml('{rate:.4g}', '{rate:.2f}'),
  yaml('sorted(answer["rates"].items())', 'answer["rates"].items()'),
  yaml("answer['base']", '"EUR"'),
  yaml('if not rates:', 'if rates is None:'),
  yaml('      attempts: 3', '      attempts: 2'),
  yaml('delay: 10s', 'delay: 1m'),
  yaml('on: [http.unreachable, http.timeout, http.status, node.timed_out]', 'on: [http.status]'),
  yaml('parse: json', 'parse: auto'),
  yaml('Accept: application/json', 'Accept: text/html'),
  yaml('"{{ inputs.source }}"', 'https://api.frankfurter.dev/v1/latest'),
  // The way through it, and what people are told.
  yaml('  - from: fetch rates\n    to: post digest without rates\n    on: failure\n', ''),
  yaml('  - from: read rates\n    to: post digest without rates\n    on: failure\n', ''),
  yaml(
    '  - name: post digest without rates\n    type: notify\n    join: any',
    '  - name: post digest without rates\n    type: notify',
  ),
  yaml('({{ outputs["read rates"].date }})', ''),
  yaml('channel: "#operations"\n\ncriteria', 'channel: "#general"\n\ncriteria'),
  yaml('workflow: reorder-check', 'workflow: daily-digest'),
  yaml('_The exchange rates are missing: their source did not answer as it should._', '_That is all._'),
]
