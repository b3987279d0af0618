// Mistakes that somebody could make in the access request. Each of them lets somebody in, keeps somebody out, or says
// something wrong.
import { inFile } from '../trial.ts'

const yaml = inFile('workflow.yaml')
const grant = inFile('grant_access.py')

export const accessRequest = [
  // Whether there is access already.
  yaml(
    '"person": inputs["person"],\n          "system": inputs["system"],\n          "status": "active"',
    '"person": inputs["person"],\n          "status": "active"',
  ),
  yaml(
    '"person": inputs["person"],\n          "system": inputs["system"],\n          "status": "active"',
    '"system": inputs["system"],\n          "status": "active"',
  ),
  yaml('          "status": "active",\n', ''),
  yaml('{"gte": today}', '{"gt": today}'),
  yaml('{"gte": today}', '{"lte": today}'),
  yaml('order_by="-until"', 'order_by="until"'),
  // The request.
  yaml('max(taken, default=0) + 1', 'len(taken) + 1'),
  yaml('if one["id"].startswith(prefix)', 'if one["id"].startswith("AR-")'),
  yaml('+ 1:03d}', '+ 1}'),
  yaml('"status": "waiting"', '"status": "open"'),
  yaml('"days": inputs["days"]', '"days": 30'),
  yaml('"reason": inputs["reason"]', '"reason": None'),
  // Who may approve, and how many it takes.
  yaml('not_requester: true', 'not_requester: false'),
  yaml('    needed: 2\n', ''),
  yaml('needed: 2', 'needed: 3'),
  yaml('    reason: required\n', ''),
  yaml('expires: 3d', 'expires: 4d'),
  yaml('expires: 3d', 'expires: 3h'),
  yaml('on_expiry: reject', 'on_expiry: approve'),
  yaml('on_expiry: reject', 'on_expiry: fail'),
  yaml('remind_every: 1d', 'remind_every: 4d'),
  yaml('      after: 2d', '      after: 2h'),
  // The grant.
  grant('if any(approver["id"] == inputs["person"] for approver in approvers):', 'if False:'),
  grant('if any(approver["id"]', 'if all(approver["id"]'),
  grant('approver["id"] == inputs["person"]', 'approver["name"] == inputs["person"]'),
  grant('{"status": "void", **decided}', '{"status": "granted", **decided}'),
  grant('{"status": "granted", **decided}', '{"status": "granted"}'),
  grant('timedelta(days=inputs["days"])', 'timedelta(days=inputs["days"] + 1)'),
  grant('timedelta(days=inputs["days"])', 'timedelta(days=30)'),
  grant('"from": today', '"from": until'),
  grant('"status": "active"', '"status": "granted"'),
  grant('        "id": request_id,\n', '        "id": inputs["person"],\n'),
  grant('    due=until,', '    due=today,'),
  grant('    due=today,', '    due=None,'),
  grant('"approved_by": names,', '"approved_by": names[:1],'),
  grant('"approved_by": " and ".join(names)', '"approved_by": names[0]'),
  // Rejected, expired, not asked.
  yaml('["decisions"][-1]', '["decisions"][0]'),
  yaml('"why": decision["reason"],', '"why": None,'),
  yaml('"status": "rejected"', '"status": "void"'),
  yaml('"status": "expired"', '"status": "rejected"'),
  yaml('{"status": "not asked"}', '{"status": "waiting"}'),
  // The way through it, and what people are told.
  yaml(
    'when: outputs["note request"].granted_until != null',
    'when: outputs["note request"].granted_until == null',
  ),
  yaml('when: outputs["ask two people"].approved', 'when: size(outputs["ask two people"].decisions) > 0'),
  yaml('when: outputs["ask two people"].approved', 'when: outputs["ask two people"].outcome != "rejected"'),
  yaml(
    'when: outputs["ask two people"].outcome == "expired"',
    'when: outputs["ask two people"].outcome != "approved"',
  ),
  yaml('when: outputs["grant access"].granted', 'when: "true"'),
  yaml(
    '  - name: tell the person\n    type: notify\n    to: "{{ inputs.person }}"',
    '  - name: tell the person\n    type: notify\n    to: "{{ context.channel }}"',
  ),
  yaml('outputs["grant access"].until }}.', 'inputs.days }} days from now.'),
  yaml(
    '<@{{ inputs.person }}> needs access to *{{ inputs.system }}*.',
    'Somebody needs access to *{{ inputs.system }}*.',
  ),
  yaml('default: 30', 'default: 90'),
  yaml('max: 90', 'max: 365'),
  yaml('min_length: 10', 'min_length: 1'),
]
