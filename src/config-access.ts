// The settings of who may do what: ADMINS, and ACCESS_… for workflows that say nothing themselves.
import { z } from 'zod'
import { type AccessPolicy, openPolicy } from './commands/access.ts'
import { type AccessRight, accessRights, audienceEntrySchema } from './definition/schema.ts'

const words = z.string().transform((text) => text.split(/[\s,]+/).filter(Boolean))

const adminList = words
  .refine(
    (entries) => entries.every((entry) => /^[UWS][A-Z0-9]{2,30}$/.test(entry)),
    'is no list of ids of users (U…) and user groups (S…)',
  )
  .default([])

const audience = words
  .refine(
    (entries) => entries.every((entry) => audienceEntrySchema.safeParse(entry).success),
    'is no list of "everyone", "admins" and ids of users (U…), user groups (S…) and channels (C…)',
  )
  .optional()

/** Variables and what they hold. */
export const accessSettings = {
  ADMINS: adminList,
  ACCESS_SEE: audience,
  ACCESS_RUN: audience,
  ACCESS_APPROVE: audience,
  ACCESS_CANCEL: audience,
  ACCESS_TEST: audience,
  ACCESS_ACTIVATE: audience,
}

type AccessSettings = { ADMINS: string[] } & { [right in `ACCESS_${Uppercase<AccessRight>}`]?: string[] }

/** Whoever may not run workflows should not stop or test them either, unless it is said. */
export function accessPolicy(settings: AccessSettings): AccessPolicy {
  const set = (right: AccessRight) => settings[`ACCESS_${right.toUpperCase() as Uppercase<AccessRight>}`]
  const defaults = { ...openPolicy.defaults }
  for (const right of accessRights) {
    const follows = right === 'cancel' || right === 'test' ? set('run') : undefined
    defaults[right] = set(right) ?? follows ?? defaults[right]
  }
  return { admins: settings.ADMINS, defaults }
}
