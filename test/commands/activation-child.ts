// The process that the crash test of activation kills: it lets one version after the other answer, some of them after the
// workflow has stopped itself, and tells each decision once it was acknowledged. Arguments: path of db.json, prefix of
// what its versions say.
import { writeSync } from 'node:fs'
import { createActivation } from '../../src/commands/activation.ts'
import { deactivate } from '../../src/commands/deactivation.ts'
import { versionHash } from '../../src/definition/hash.ts'
import { openStore } from '../../src/store/index.ts'
import { versionNamed } from './lifecycle-lab.ts'
import { ana, ben } from './office.ts'

const [path = '', prefix = ''] = process.argv.slice(2)
const tell = (fact: string) => writeSync(1, `${fact}\n`)
const clock = { now: () => Date.now(), sleep: async () => {} }

const store = await openStore({ path, clock, log: () => undefined, foldBytes: 8000 })
const { records, versions } = store
const activation = createActivation({ records, versions, clock, firstVersions: 'trusted' })
await activation.start()
tell('open')
for (let turn = 0; ; turn++) {
  const { definition } = versionNamed('a', { two: true })
  definition.metadata.description = `${prefix}-${turn}`
  const version = await versions.register('orders', versionHash(definition), definition)
  await activation.consider(version)
  const { number } = version
  const rev = () => activation.of('orders')?.rev ?? 0
  if (activation.of('orders')?.versions.at(-1)?.number === number) continue
  await activation.propose(version, ana, rev())
  tell(`proposed ${number}`)
  if (turn % 2 === 0) {
    const at = new Date().toISOString()
    const why = { criterion: 'All right', reason: 'Half of them failed.', executionId: `x${number}` }
    await deactivate(records, { workflowId: 'orders', version: number - 1, at, ...why })
    tell(`stopped ${number}`)
  }
  await activation.activate(version, { by: ben, how: 'activated' }, rev())
  tell(`activated ${number}`)
}
