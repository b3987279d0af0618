// What is to be known of a saved scenario before it is relied on or given to others, as text for the terminal.
import type { SavedScenarioAnswer } from '../answers.ts'
import { line, plural } from './table.ts'

/** Lines about the scenario, which itself is printed apart from them. */
export function scenarioNotes(saved: SavedScenarioAnswer): string {
  const { masked, records, left, open, written, addable, place, executionId } = saved
  return [
    ...triedLines(saved.tried),
    records === 'found'
      ? 'It starts with the records that the execution found.'
      : 'It starts with the seed: what the records were then is not known any more.',
    ...(left.length > 0 ? [`Too many records to write down: ${line(left.join(', '), 300)}.`] : []),
    ...(open > 0 ? [`${plural(open, 'value')} may be anything, since they differ each time.`] : []),
    `${masked === 0 ? 'Nothing was masked' : `${plural(masked, 'value')} masked`}; look through it for what else nobody should read.`,
    ...(written === null && addable === 'yes'
      ? [`Add it to ${line(place, 300)}: save ${executionId} --write`]
      : []),
    ...(written === null && addable === 'there'
      ? [`One of its name stands in ${line(place, 300)} already.`]
      : []),
  ].join('\n')
}

function triedLines(tried: SavedScenarioAnswer['tried']): string[] {
  if (!tried) return ['It was not tried: the execution took too long for that.']
  if (tried.passed) return ['It passes on the version that ran.']
  return [
    'It does not pass on the version that ran, so look at it before you rely on it:',
    ...tried.differences
      .slice(0, 5)
      .map(
        ({ at, expected, actual }) =>
          `  ${line(at, 200)}: expected ${line(expected, 200)}, but was ${line(actual, 200)}`,
      ),
  ]
}
