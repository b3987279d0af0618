"""Sums up what is open, in words for a message. Collections of workflows that are not used here are simply empty."""

from collections import Counter, defaultdict
from decimal import Decimal

SHOWN = 3
today = now().date()


def some(names: list[str]) -> str:
    """The first few names, and how many more there are."""
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def gather_tasks() -> tuple[str, int]:
    open_tasks = records.query("tasks", {"status": "open"}, order_by="due")
    due = [task for task in open_tasks if task["due"] and task["due"] <= today.isoformat()]
    late = sum(task["due"] < today.isoformat() for task in due)
    if not open_tasks:
        return "none open", 0
    text = f"{len(open_tasks)} open, {len(due)} due"
    if late:
        text += f" ({late} overdue)"
    return text + (f": {some([task['title'] for task in due])}" if due else ""), len(due)


def gather_stock() -> tuple[str, int]:
    on_order = {
        line["sku"] for order in records.query("purchase_orders", {"status": "open"}) for line in order.get("lines", [])
    }
    low = [
        item
        for item in records.query("inventory", order_by="sku")
        if item.get("stock") is not None and item.get("threshold") is not None and item["stock"] < item["threshold"]
    ]
    missing = [item for item in low if item["sku"] not in on_order]
    if not low:
        return "nothing is low", 0
    if not missing:
        return f"{count(len(low), 'item is', 'items are')} low, all on order", 0
    names = some([item.get("name") or item["sku"] for item in missing])
    return f"{count(len(low), 'item is', 'items are')} low, {len(missing)} not on order: {names}", len(missing)


def gather_orders() -> tuple[str, int]:
    orders = records.query("purchase_orders", {"status": "open"}, order_by="created_at")
    if not orders:
        return "none open", 0
    totals = defaultdict(Decimal)
    for order in orders:
        totals[order.get("currency") or "?"] += Decimal(str(order.get("total") or 0))
    sums = ", ".join(f"{total:,.2f} {currency}" for currency, total in sorted(totals.items()))
    return f"{len(orders)} open, {sums}; the oldest is {orders[0]['id']}", 0


def gather_incidents() -> tuple[str, int]:
    incidents = records.query("incidents", {"status": {"in": ["open", "acknowledged", "unattended"]}}, order_by="opened_at")
    if not incidents:
        return "none open", 0
    by_severity = Counter(incident["severity"] for incident in incidents)
    words = ", ".join(f"{by_severity[one]} {one}" for one in ("critical", "high", "medium", "low") if by_severity[one])
    return f"{words}: {some([incident['id'] for incident in incidents])}", len(incidents)


parts = {
    "tasks": gather_tasks(),
    "stock": gather_stock(),
    "orders": gather_orders(),
    "incidents": gather_incidents(),
}
urgent = sum(number for _, number in parts.values())
headline = (
    "Nothing needs anybody today."
    if urgent == 0
    else f"*{count(urgent, 'thing needs', 'things need')} somebody today.*"
)
return {
    "day": f"{today:%A}, {today.day} {today:%B}",
    "headline": headline,
    **{name: text for name, (text, _) in parts.items()},
}
