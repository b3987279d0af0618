// Scenarios and criteria: what the rest of the bot uses of them.
export { appendScenario } from './append.ts'
export { valueText } from './compare.ts'
export { isInvented } from './dry-answers.ts'
export type { DryRunPorts } from './dry-play.ts'
export { type DryRun, dryRunSchema } from './dry-run.ts'
export { type LoadedScenario, type LoadedScenarios, loadScenarios, type ScenarioPlace } from './load.ts'
export type { PastExecution, ReplayProgress } from './replay.ts'
export {
  type ReplayDifference,
  type ReplayedExecution,
  type ReplayReport,
  replayReportSchema,
} from './replay-report.ts'
export { createReplays, type Replays, type ReplaysOptions } from './replays.ts'
export { type TestReport, testReportSchema } from './report.ts'
export { type RunScenariosOptions, runScenarios, type TestProgress } from './run.ts'
export { createSaving, type MadeScenario, type Saving } from './saving.ts'
export { createTests, noScenarios, type Tests, type TestsOptions } from './service.ts'
