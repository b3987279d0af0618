// When cron patterns come round, also on the two days of the year on which clocks change.
import { describe, expect, it } from 'vitest'
import { cronProblem, lastUntil, nextAfter } from '../../src/triggers/cron.ts'

function next(cron: string, timezone: string, from: string, count: number): string[] {
  const found: string[] = []
  let moment = Date.parse(from)
  for (let index = 0; index < count; index++) {
    moment = nextAfter({ cron, timezone }, moment) ?? Number.NaN
    found.push(new Date(moment).toISOString().slice(0, 16))
  }
  return found
}

describe('a time of day', () => {
  it('stays what the clock on the wall says when summer time begins and ends', () => {
    expect(next('0 7 * * 1-5', 'Europe/Berlin', '2026-03-26T12:00:00Z', 3)).toEqual([
      '2026-03-27T06:00',
      '2026-03-30T05:00',
      '2026-03-31T05:00',
    ])
    expect(next('0 7 * * 1-5', 'Europe/Berlin', '2026-10-22T12:00:00Z', 3)).toEqual([
      '2026-10-23T05:00',
      '2026-10-26T06:00',
      '2026-10-27T06:00',
    ])
  })

  it('that summer time leaves out comes right after it, that day alone', () => {
    expect(next('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-29T01:00',
      '2026-03-30T00:30',
    ])
  })

  it('that comes twice when summer time ends counts once', () => {
    expect(next('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ])
    expect(next('15,45 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 3)).toEqual([
      '2026-10-25T00:15',
      '2026-10-25T00:45',
      '2026-10-26T01:15',
    ])
  })
})

it('what comes all the time goes on through the hour that is repeated', () => {
  expect(next('*/30 * * * *', 'Europe/Berlin', '2026-10-24T23:45:00Z', 5)).toEqual([
    '2026-10-25T00:00',
    '2026-10-25T00:30',
    '2026-10-25T01:00',
    '2026-10-25T01:30',
    '2026-10-25T02:00',
  ])
})

it('the last time that has come includes this very moment, and nothing after it', () => {
  const time = { cron: '0 7 * * *', timezone: 'UTC' }
  const last = (moment: string) => new Date(lastUntil(time, Date.parse(moment)) ?? 0).toISOString()
  expect(last('2026-03-27T07:00:00.000Z')).toBe('2026-03-27T07:00:00.000Z')
  expect(last('2026-03-27T06:59:59.999Z')).toBe('2026-03-26T07:00:00.000Z')
  expect(nextAfter(time, Date.parse('2026-03-27T07:00:00.000Z'))).toBe(Date.parse('2026-03-28T07:00:00Z'))
})

describe('a pattern', () => {
  it.each([
    '0 7 * * 1-5',
    '*/5 8-18 * * MON-FRI',
    '0 0 1 1,7 *',
    '0 9 * * MON#1',
    '0 18 L * *',
    '0 0 29 2 *',
    '@daily',
  ])('may be %s', (cron) => {
    expect(cronProblem({ cron, timezone: 'UTC' }, 0)).toBeUndefined()
  })

  it.each([
    ['0 0 31 2 *', 'never comes'],
    ['61 * * * *', 'minute'],
    ['0 7 * *', 'no cron pattern'],
    ['0 0 7 * * 1-5', 'no cron pattern'],
    ['every day', 'no cron pattern'],
    ['2026-11-30T10:00:00', 'no cron pattern'],
    ['0 7 * * 1-5; rm', 'no cron pattern'],
    ['@reboot', 'no cron pattern'],
    ['a b c d e', 'no cron pattern'],
    ['*/0 * * * *', 'no cron pattern'],
  ])('may not be %s', (cron, why) => {
    const problem = cronProblem({ cron, timezone: 'UTC' }, 0)
    expect(problem?.field).toBe('cron')
    expect(problem?.message).toContain(why)
  })

  it.each(['Europe/Berln', '+01:00', '', 'Mars/Base', '../etc'])('has no time zone %j', (timezone) => {
    expect(cronProblem({ cron: '0 7 * * *', timezone }, 0)?.field).toBe('timezone')
  })
})
