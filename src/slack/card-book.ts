// What is kept about approval cards, durably: those that are still open, and the numbers that were approved before.
// Records that neither Python nor forms can name. Links would do, but the oldest of them are forgotten.
import type { ApprovalCard, MessageRef, RecordStore } from '../actions/ports.ts'
import { WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { type Evidence, readSeries, type Series, withApproved } from './evidence.ts'

const openCards = '_approval_cards'
const approvals = '_approvals'

export interface OpenCard {
  ref: MessageRef
  card: ApprovalCard
  /** As it was when the question was asked, one for each fact. */
  evidence: (Evidence | null)[]
}

export interface CardBook {
  /** Once per key. */
  open(key: string, card: OpenCard): Promise<void>
  find(ref: MessageRef): OpenCard | undefined
  /** All open ones, or those of one execution. */
  all(executionId?: string): OpenCard[]
  revise(card: OpenCard): Promise<void>
  close(ref: MessageRef): Promise<void>
  /** The numbers that were approved at this node before. */
  series(origin: ApprovalCard['origin']): Series
  /** Adds the facts of an approved card to the series; once per card. */
  approved(open: OpenCard): Promise<void>
}

export function createCardBook(records: RecordStore): CardBook {
  const idOf = (ref: MessageRef) => ref.messageId
  const nodeOf = ({ workflowId, node }: ApprovalCard['origin']) => `${workflowId}/${node}`
  const recordOf = (card: OpenCard) => card as unknown as JsonObject

  function seriesOf(origin: ApprovalCard['origin']): Series {
    return readSeries(records.get(approvals, nodeOf(origin))?.value ?? {})
  }

  /** Others may write at the same time: then it is read anew. */
  async function retried(write: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await write()
        return
      } catch (thrown) {
        const raced =
          thrown instanceof WorkflowError &&
          ['records.conflict', 'records.exists', 'records.not_found'].includes(thrown.code)
        if (!raced || attempt >= 5) throw thrown
      }
    }
  }

  return {
    open: (key, card) =>
      records.apply(`${key}/card`, [
        { kind: 'insert', collection: openCards, key: idOf(card.ref), value: recordOf(card) },
      ]),

    find: (ref) => records.get(openCards, idOf(ref))?.value as OpenCard | undefined,

    all: (executionId) =>
      [...records.all(openCards)]
        .map(({ value }) => value as unknown as OpenCard)
        .filter(({ card }) => executionId === undefined || card.origin.executionId === executionId),

    revise: (card) =>
      retried(async () => {
        const known = records.get(openCards, idOf(card.ref))
        if (!known) return
        const { key, rev } = known
        await records.apply(`card:${key}:${rev}`, [
          { kind: 'update', collection: openCards, key, rev, value: recordOf(card) },
        ])
      }),

    close: (ref) =>
      retried(async () => {
        const known = records.get(openCards, idOf(ref))
        if (!known) return
        const { key, rev } = known
        await records.apply(`card:${key}:closed`, [{ kind: 'delete', collection: openCards, key, rev }])
      }),

    series: seriesOf,

    approved: ({ ref, card }) =>
      retried(async () => {
        const key = nodeOf(card.origin)
        const known = records.get(approvals, key)
        const before = seriesOf(card.origin)
        const value: JsonObject = withApproved(before, card.fields ?? [])
        if (Object.keys(value).length === 0) return
        const place = { collection: approvals, key, value }
        await records.apply(`approved:${idOf(ref)}`, [
          known ? { kind: 'update', ...place, rev: known.rev } : { kind: 'insert', ...place },
        ])
      }),
  }
}
