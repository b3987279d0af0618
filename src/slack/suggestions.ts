// Records to choose from, while somebody types into a field of a form.
import { inputsOf } from '../commands/start.ts'
import type { Services } from '../commands/types.ts'
import type { Inputs } from '../definition/inputs.ts'
import { callbacks, type DecideMeta, type RunFormMeta } from './render/forms.ts'
import { inputOf, suggestions } from './render/inputs.ts'
import type { Suggestion } from './submissions.ts'

/** What to answer to a `block_suggestion`. Slack signs the metadata, so whoever asks was shown the form. */
export function createSuggestions({ catalog, engine, records }: Services) {
  function declaredIn({ callbackId, meta }: Suggestion): Inputs {
    if (callbackId === callbacks.run) {
      const entry = catalog.get((meta as unknown as RunFormMeta).workflowId)
      const version = entry?.version ?? entry?.draft
      return version ? inputsOf(version) : {}
    }
    if (callbackId === callbacks.decide) {
      const { executionId, node } = meta as unknown as DecideMeta
      const asking = engine.info(executionId)?.nodes.find(({ name }) => name === node)
      if (asking?.status === 'waiting' && asking.waitingFor.kind === 'person')
        return asking.waitingFor.rules.form
    }
    return {}
  }

  return (asked: Suggestion) => {
    const input = declaredIn(asked)[inputOf(asked.blockId) ?? '']
    return input?.type === 'record'
      ? suggestions(records.all(input.collection), input.label_field, asked.query)
      : []
  }
}
