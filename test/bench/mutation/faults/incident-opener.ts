// Mistakes that somebody could make in the incident opener. Each of them changes what becomes of some incident.
import { inFile } from '../trial.ts'

const yaml = inFile('workflow.yaml')
const tasks = inFile('hand_out_tasks.py')

export const incidentOpener = [
  // Its number and its record.
  yaml('max(taken, default=0) + 1', 'len(taken) + 1'),
  yaml('max(taken, default=0) + 1', 'max(taken) + 1'),
  yaml('if one["id"].startswith(prefix)', 'if one["id"].startswith("INC-")'),
  yaml('+ 1:03d}', '+ 1}'),
  yaml('f"INC-{now().year}-"', '"INC-2025-"'),
  yaml('"status": "open",\n          "severity"', '"status": "new",\n          "severity"'),
  yaml('"severity": inputs["severity"]', '"severity": "high"'),
  yaml('"description": inputs["description"]', '"description": inputs["title"]'),
  yaml('          "service": service["id"]', '          "service": service["name"]'),
  yaml('service["runbook"] or "none on file"', 'service["runbook"]'),
  yaml('inputs["description"] or "Nothing more is known yet."', 'inputs["description"]'),
  yaml('"opened_at": now().isoformat(timespec="seconds")', '"opened_at": None'),
  // Tasks.
  tasks('"critical": [', '"high": ['),
  tasks('timedelta(days=days)', 'timedelta(weeks=days)'),
  tasks('now() + timedelta', 'now() - timedelta'),
  tasks('assignee=incident["team"]', 'assignee=incident["service"]'),
  tasks("{incident['id']}: {title}", '{title}'),
  tasks('        ("Open a call and post its link in the channel", 0),\n', ''),
  tasks('("Repair it", 14)', '("Repair it", 3)'),
  tasks('TASKS[inputs["severity"]]', 'TASKS[inputs["severity"]][:3]'),
  tasks('channel=context["channel"]', 'channel=context["escalate_to"]'),
  // The lead.
  yaml('round(waited.total_seconds() / 60)', 'round(waited.total_seconds() / 3600)'),
  yaml('round(waited.total_seconds() / 60)', 'int(waited.total_seconds() // 60)'),
  yaml('"at once" if minutes == 0', '"at once" if minutes <= 1'),
  yaml('"acknowledged_at": decision["at"]', '"acknowledged_at": incident["opened_at"]'),
  yaml(
    '"lead": decision["by"]["name"],\n          "acknowledged_at"',
    '"lead": decision["by"]["id"],\n          "acknowledged_at"',
  ),
  yaml('"status": "closed"', '"status": "acknowledged"'),
  yaml('{"status": "cancelled"}', '{"status": "done"}'),
  yaml(`"No incident: {decision['reason']}"`, '"No incident"'),
  yaml('{"status": "unattended"}', '{"status": "open"}'),
  yaml('not_requester: false', 'not_requester: true'),
  yaml('    reason: required\n    remind', '    remind'),
  yaml('remind_every: 15m', 'remind_every: 1h'),
  yaml('      after: 20m', '      after: 2h'),
  yaml('expires: 4h', 'expires: 2h'),
  yaml('on_expiry: fail', 'on_expiry: reject'),
  yaml('on_expiry: fail', 'on_expiry: approve'),
  // The way through it, and what people are told.
  yaml(
    'to: sound the alarm\n    when: inputs.severity in ["critical", "high"]',
    'to: sound the alarm\n    when: inputs.severity == "critical"',
  ),
  yaml(
    'to: find a lead\n    when: inputs.severity in ["critical", "high"]',
    'to: find a lead\n    when: inputs.severity == "critical"',
  ),
  yaml(
    'to: find a lead\n    when: inputs.severity in ["critical", "high"]',
    'to: find a lead\n    when: inputs.severity != "low"',
  ),
  yaml('  - from: sound the alarm\n    to: call for help\n    on: failure\n', ''),
  yaml(
    '  - from: note that nobody came\n    to: call for help',
    '  - from: note that nobody came\n    to: give the all-clear',
  ),
  yaml('when: outputs["find a lead"].approved', 'when: size(outputs["find a lead"].decisions) > 0'),
  yaml('severity == "critical" ? "🔴" : "🟠"', 'severity == "high" ? "🔴" : "🟠"'),
  yaml('to: "{{ context.escalate_to }}"\n    title', 'to: "{{ context.channel }}"\n    title'),
  yaml(
    '      to: "{{ context.escalate_to }}"\n    expires',
    '      to: "{{ context.channel }}"\n    expires',
  ),
  yaml('options: [critical, high, medium, low]', 'options: [critical, high, medium]'),
  yaml(
    '  - name: call for help\n    type: notify\n    join: any',
    '  - name: call for help\n    type: notify',
  ),
]
