// Stands where workflows are tested and activated, in tests of everything else.
import type { Activation } from '../../src/commands/activation.ts'
import type { Replays, Saving, Tests } from '../../src/scenarios/index.ts'

export const noTests: Tests = {
  run: async () => {
    throw new Error('nothing is tested here')
  },
  scenarios: async () => undefined,
  list: () => [],
  dryRun: async () => {
    throw new Error('nothing is run dry here')
  },
  keep: async () => {
    throw new Error('nothing is kept here')
  },
}

export const noReplays: Replays = {
  run: async () => {
    throw new Error('nothing is replayed here')
  },
  list: () => [],
}

export const noSaving: Saving = {
  make: async () => {
    throw new Error('nothing is saved here')
  },
  place: async () => {
    throw new Error('nothing is saved here')
  },
}

/** Every version answers at once. */
export const noActivation: Activation = {
  start: async () => {},
  observe: () => {},
  expect: () => {},
  isExpected: () => false,
  binding: async () => [],
  settled: async () => {},
  consider: async () => {},
  over: (catalog) => catalog,
  of: () => undefined,
  activate: async () => {},
  propose: async () => {},
}
