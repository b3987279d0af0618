"""Hands out the first tasks of an incident: the worse it is, the more people at once."""

from datetime import timedelta

# What is to be done, and within how many days.
TASKS = {
    "critical": [
        ("Open a call and post its link in the channel", 0),
        ("Tell customers and colleagues what does not work", 0),
        ("Write down what happens, with times", 0),
        ("Hold the review", 5),
    ],
    "high": [
        ("Find out who is affected, and tell them", 0),
        ("Write down what happens, with times", 0),
        ("Hold the review", 5),
    ],
    "medium": [
        ("Find out who is affected, and tell them", 1),
        ("Repair it", 3),
    ],
    "low": [
        ("Repair it", 14),
    ],
}

incident = outputs["open incident"]
created = [
    tasks.create(
        f"{incident['id']}: {title}",
        assignee=incident["team"],
        due=now() + timedelta(days=days),
        channel=context["channel"],
    )
    for title, days in TASKS[inputs["severity"]]
]
return {"task_ids": [task["id"] for task in created]}
