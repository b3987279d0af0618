// What holds after people went back to an earlier version: its rules are not all that count, files that did not change
// are no edit, and no draft says who may see what was.
import { describe, expect, it } from 'vitest'
import { rightsOf } from '../../src/commands/access.ts'
import { openLab, versionNamed } from './lifecycle-lab.ts'
import { ana, ben } from './office.ts'

const orders = { workflowId: 'orders' }
const two = { two: true }

function openLabOfAdmins() {
  const lab = openLab()
  lab.services.access = { ...lab.services.access, admins: ['U0ANA', 'U0BEN'] }
  return lab
}

describe('going back to a version without rules', () => {
  async function wentBack() {
    const lab = openLabOfAdmins()
    await lab.edit(versionNamed('a', { gated: false }))
    await lab.edit(versionNamed('b', two))
    await lab.ask(ana, 'test', orders)
    await lab.ask(ana, 'activate', orders)
    await lab.ask(ben, 'activate', orders)
    await lab.ask(ana, 'activate', { ...orders, version: 1 })
    expect(lab.stands()).toEqual([1, 2])
    return lab
  }

  it('does not let the next edit answer at once', async () => {
    const lab = await wentBack()
    await lab.edit(versionNamed('c', { gated: false }))
    expect(lab.stands()).toEqual([1, 3])
    const next = openLab({ disk: lab.disk })
    await next.activation.start()
    await next.edit(versionNamed('c', { gated: false }))
    expect(next.stands()).toEqual([1, 3])
  })

  it('keeps the edit to a test and to two people', async () => {
    const lab = await wentBack()
    await lab.edit(versionNamed('c', { gated: false }))
    expect((await lab.refused(ana, 'activate', orders)).code).toBe('activation.not_tested')
    await lab.ask(ana, 'test', orders)
    expect(await lab.ask(ana, 'activate', orders)).toMatchObject({ kind: 'activation_proposed' })
    expect(await lab.ask(ben, 'activate', orders)).toMatchObject({ kind: 'activated', version: 3 })
  })

  it('lasts over a restart where the files still say what people went back from', async () => {
    const lab = openLabOfAdmins()
    for (const letter of 'abc') await lab.edit(versionNamed(letter, { gated: false }))
    await lab.ask(ana, 'activate', { ...orders, version: 2 })
    await lab.ask(ana, 'activate', { ...orders, version: 1 })
    const next = openLab({ disk: lab.disk })
    await next.activation.start()
    await next.edit(versionNamed('c', { gated: false }))
    expect(next.stands()).toEqual([1, 3])
    await next.edit(versionNamed('d', { gated: false }))
    expect(next.stands()).toEqual([4, undefined])
    await next.edit(versionNamed('c', { gated: false }))
    expect(next.stands()).toEqual([3, undefined])
  })

  it('leaves workflows to their edits that never had rules', async () => {
    const lab = openLabOfAdmins()
    await lab.edit(versionNamed('a', { gated: false }))
    await lab.edit(versionNamed('b', { gated: false }))
    await lab.ask(ana, 'activate', { ...orders, version: 1 })
    await lab.edit(versionNamed('c', { gated: false }))
    expect(lab.stands()).toEqual([3, undefined])
  })
})

describe('who may see a workflow', () => {
  it('is what the version says that answered last, although its files are gone and a draft was newer', async () => {
    const lab = openLab()
    const withAccess = (letter: string, see: string[]) => {
      const version = versionNamed(letter)
      return { ...version, definition: { ...version.definition, access: { see } } }
    }
    const seen = () => rightsOf(ana, lab.services).may('see', 'orders')
    await lab.edit(withAccess('a', ['U0BEN']))
    await lab.edit(withAccess('b', ['everyone']))
    expect(await seen()).toBe(false)
    lab.state.file = undefined
    expect(await seen()).toBe(false)
  })
})
