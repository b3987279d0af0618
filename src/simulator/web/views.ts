// views.* and blocks.validate: modals, the home tab, and asking Slack whether it would take something.
import { type BlockFault, checkBlocks, checkView } from '../blocks/index.ts'
import { asText, isObject } from '../payload.ts'
import { SlackRefusal } from '../refusal.ts'
import type { Methods } from './method.ts'

export const views: Methods = {
  'views.open': {
    rate: 100,
    run: ({ views: store, grants }, args) => {
      const trigger = grants.exchange(args.trigger_id)
      return { view: store.output(store.open(trigger.user, args.view, trigger.channel)) }
    },
  },

  'views.push': {
    rate: 100,
    run: ({ views: store, grants }, args) => {
      const trigger = grants.exchange(args.trigger_id)
      if (!trigger.view || store.find(trigger.view)?.kind !== 'modal') throw new SlackRefusal('not_found')
      return { view: store.output(store.push(trigger.user, args.view)) }
    },
  },

  'views.update': {
    rate: 100,
    run: ({ views: store }, args) => {
      const external = asText(args.external_id)
      const kept = external ? store.findExternal(external) : store.find(args.view_id)
      if (!kept) throw new SlackRefusal('not_found')
      return { view: store.output(store.update(kept, args.view, args.hash)) }
    },
  },

  'views.publish': {
    rate: 100,
    run: ({ views: store, workspace }, args) => {
      if (!workspace.manifest.homeTab) throw new SlackRefusal('not_enabled')
      const user = workspace.users.get(String(args.user_id))
      if (!user) throw new SlackRefusal('user_not_found')
      if (user.is_bot) throw new SlackRefusal('invalid_arguments')
      return { view: store.output(store.publish(user.id, args.view, args.hash)) }
    },
  },

  'blocks.validate': {
    rate: 50,
    run: (_, args) => {
      const given = ['blocks', 'message', 'view'].filter((name) => args[name] !== undefined)
      if (given.length !== 1)
        throw new SlackRefusal('invalid_arguments', {
          response_metadata: { messages: ['[ERROR] exactly one of blocks, message and view is needed'] },
        })
      const faults =
        given[0] === 'view'
          ? checkView(args.view)
          : given[0] === 'message'
            ? checkBlocks(
                isObject(args.message) ? (args.message.blocks ?? []) : args.message,
                '/message/blocks',
              )
            : checkBlocks(args.blocks)
      if (faults.length > 0) throw new SlackRefusal('invalid_blocks', { errors: faults.map(shownFault) })
      return {}
    },
  },
}

function shownFault(fault: BlockFault) {
  return {
    pointer: fault.pointer,
    code: fault.code,
    message: fault.message,
    ...(fault.constraint === undefined ? {} : { constraint: fault.constraint }),
  }
}
