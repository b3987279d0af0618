// Where people are asked for decisions: posts the card, keeps it up to date, and closes it when the execution ends
// without a decision. Which cards are open is durable, so that none stays open over a crash.
import type { ApprovalCard, ApprovalDesk, MessageRef, RecordStore } from '../actions/ports.ts'
import type { Clock } from '../engine/ports.ts'
import type { Decision, FinishedReport } from '../engine/report.ts'
import { persist } from './call.ts'
import { type CardBook, createCardBook, type OpenCard } from './card-book.ts'
import type { SlackClients } from './clients.ts'
import { evidenceFor } from './evidence.ts'
import { isGone, postingError } from './failures.ts'
import type { Log, SurfaceLinks } from './ports.ts'
import { createPostOnce, tsOf } from './posting.ts'
import { type CardState, renderCard } from './render/approval.ts'
import { section } from './render/blocks.ts'
import { authored } from './render/escape.ts'
import { fitMessage } from './render/limits.ts'
import { reference } from './render/words.ts'

export interface SlackApprovalDesk extends ApprovalDesk {
  /** An execution has ended: its cards that are still open say what became of the question. */
  ended(report: FinishedReport): void
  /** Closes what an earlier process left open; `finished` finds the report of an execution that has ended. */
  refresh(finished: (executionId: string) => Promise<FinishedReport | undefined>): Promise<void>
  /** Resolves when nothing is being closed. */
  idle(): Promise<void>
}

/** A message is tried for about a minute; what fails then is taken up at the next start. */
const attempts = 8
/** Executions that ended a moment ago, for a card that is posted just then. */
const rememberedEnds = 200

export function createApprovalDesk(
  clients: SlackClients,
  options: { links: SurfaceLinks; records: RecordStore; clock: Clock; log: Log },
): SlackApprovalDesk {
  const { clock, log } = options
  const postOnce = createPostOnce(clients, options)
  const book: CardBook = createCardBook(options.records)
  const ends = new Map<string, FinishedReport>()
  /** One change of a card at a time, so that the last word is the last. */
  const turns = new Map<string, Promise<void>>()

  function inTurn(ref: MessageRef, work: () => Promise<void>): Promise<void> {
    const turn = (turns.get(ref.messageId) ?? Promise.resolve()).catch(() => undefined).then(work)
    turns.set(ref.messageId, turn)
    const done = () => {
      if (turns.get(ref.messageId) === turn) turns.delete(ref.messageId)
    }
    turn.then(done, done)
    return turn
  }

  async function update(ref: MessageRef, state: CardState): Promise<void> {
    const { text, blocks } = renderCard(state)
    const call = () => clients.answers.chat.update({ channel: ref.channel, ts: tsOf(ref), text, blocks })
    try {
      await persist(call, { clock, attempts, idempotent: true })
    } catch (thrown) {
      if (!isGone(thrown)) throw postingError('the message', thrown)
      log.info({ message: ref.messageId }, 'the message of a question is gone; it is not updated any more')
    }
  }

  function closeFor(report: FinishedReport, open: OpenCard): void {
    inTurn(open.ref, async () => {
      const known = book.find(open.ref)
      if (!known) return
      await update(open.ref, { ...afterEnd(report, known), evidence: known.evidence })
      await book.close(open.ref)
    }).catch((thrown) =>
      log.error({ execution: report.id, error: String(thrown) }, 'a question could not be closed in Slack'),
    )
  }

  return {
    async ask(card, key) {
      const evidence = evidenceFor(card.fields ?? [], book.series(card.origin)).map((one) => one ?? null)
      const message = async () => renderCard({ card, evidence })
      const ref = await postOnce({ to: card.to, message }, key)
      const open = { ref, card, evidence }
      await book.open(key, open)
      const end = ends.get(card.origin.executionId)
      if (end) closeFor(end, open)
      return ref
    },

    revise: (ref, card) =>
      inTurn(ref, async () => {
        const known = book.find(ref)
        const now = known ? { ...card, decisions: longer(card.decisions, known.card.decisions) } : card
        const open = { ref, card: now, evidence: known?.evidence ?? [] }
        // The end of the execution says more about a withdrawn card; if it is known, it has spoken already.
        if (card.outcome === 'withdrawn' && !known) return
        if (card.outcome === 'approved') await book.approved(open)
        if (card.outcome === undefined) await book.revise(open)
        await update(ref, { card: now, evidence: open.evidence })
        if (card.outcome !== undefined && card.outcome !== 'withdrawn') await book.close(ref)
      }),

    reply(ref, text, key) {
      const rules = book.find(ref)?.card.rules
      const decisions = book.find(ref)?.card.decisions ?? []
      const whom = [...(rules?.users ?? []), ...(rules?.groups ?? [])]
        .filter((id) => decisions.every(({ by }) => by.id !== id))
        .slice(0, 8)
        .map(reference)
      const said = `${whom.join(' ')}${whom.length > 0 ? ' ' : ''}:bell: ${authored(text)}`
      const message = async () => fitMessage({ text: said, blocks: [section(said)] })
      // Where nobody is named, nobody would notice an answer in a thread.
      return postOnce({ to: ref.channel, thread: tsOf(ref), broadcast: whom.length === 0, message }, key)
    },

    ended(report) {
      ends.set(report.id, report)
      if (ends.size > rememberedEnds) ends.delete(ends.keys().next().value ?? '')
      for (const open of book.all(report.id)) closeFor(report, open)
    },

    async refresh(finished) {
      await Promise.all(
        book.all().map(async (open) => {
          const report = await finished(open.card.origin.executionId)
          if (report) closeFor(report, open)
        }),
      )
      await Promise.allSettled(turns.values())
    },

    async idle() {
      while (turns.size > 0) await Promise.allSettled(turns.values())
    },
  }
}

function longer(a: Decision[], b: Decision[]): Decision[] {
  return b.length > a.length ? b : a
}

/** What became of a question whose execution has ended: decided after all, or withdrawn, and why. */
function afterEnd(report: FinishedReport, { card }: OpenCard): CardState {
  const node = report.nodes.find(({ name }) => name === card.origin.node)
  if (node?.status === 'succeeded') {
    const output = node.output as { outcome?: ApprovalCard['outcome']; decisions?: Decision[] } | null
    if (output?.outcome !== undefined)
      return { card: { ...card, outcome: output.outcome, decisions: output.decisions ?? card.decisions } }
  }
  if (node?.status === 'failed' && node.error.code === 'approval.expired')
    return { card: { ...card, outcome: 'expired' } }
  const withdrawn: ApprovalCard = { ...card, outcome: 'withdrawn' }
  if (report.status === 'cancelled') {
    const { cancelledBy: by, reason } = report
    return { card: withdrawn, stopped: { by, ...(reason === undefined ? {} : { reason }) } }
  }
  const because =
    report.status === 'timed_out'
      ? 'the execution ran out of time.'
      : 'the execution has ended without a decision.'
  return { card: withdrawn, stopped: { because } }
}
