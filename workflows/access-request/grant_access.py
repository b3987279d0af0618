"""Writes the grant down and leaves two tasks: to set the access up now, and to take it back on its last day.

Whoever gets the access may have approved it without being the one who asked for it; such an approval does not count.
"""

from datetime import timedelta

request_id = outputs["note request"]["id"]
approvers = [decision["by"] for decision in outputs["ask two people"]["decisions"]]
names = [approver["name"] for approver in approvers]
decided = {"decided_at": now().isoformat(timespec="seconds"), "decided_by": names}

if any(approver["id"] == inputs["person"] for approver in approvers):
    records.update("access_requests", request_id, {"status": "void", **decided})
    return {"granted": False}

today = now().date()
until = today + timedelta(days=inputs["days"])
records.update("access_requests", request_id, {"status": "granted", **decided})
records.insert(
    "access_grants",
    {
        "id": request_id,
        "status": "active",
        "person": inputs["person"],
        "system": inputs["system"],
        "from": today,
        "until": until,
        "approved_by": names,
    },
)

person = f"<@{inputs['person']}>"
tasks.create(
    f"Give access to {inputs['system']} ({request_id})",
    due=today,
    channel=context["channel"],
    details=f"{person} gets it until {until}, approved by {' and '.join(names)}.",
)
tasks.create(
    f"Take back access to {inputs['system']} ({request_id})",
    due=until,
    channel=context["channel"],
    details=f"{person} had it since {today}.",
)
return {"granted": True, "until": until, "approved_by": " and ".join(names)}
