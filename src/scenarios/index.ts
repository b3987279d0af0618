// Scenarios and criteria: what the rest of the bot uses of them.
export { valueText } from './compare.ts'
export { type LoadedScenario, type LoadedScenarios, loadScenarios, type ScenarioPlace } from './load.ts'
export type { TestReport } from './report.ts'
export { type RunScenariosOptions, runScenarios, type TestProgress } from './run.ts'
