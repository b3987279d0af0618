// The table of block types: what each may hold, and how much. Facts from Slack's reference, in this file's own words.
import { isObject } from '../payload.ts'
import {
  accessoryElement,
  actionsElement,
  buttonElement,
  contextActionsElement,
  imageElement,
  inputElement,
} from './elements.ts'
import { anyText, ids, mrkdwn, plainText, slackFile } from './objects.ts'
import { richText, richTextCell } from './rich-text.ts'
import {
  address,
  all,
  atLeastOne,
  byType,
  type Check,
  choice,
  count,
  either,
  exactlyOne,
  flag,
  list,
  nothing,
  number,
  record,
  rule,
  text,
} from './shape.ts'

const base = { 'type!': text(), block_id: ids.block }

const card = record(
  {
    ...base,
    hero_image: imageElement,
    icon: imageElement,
    title: anyText(150),
    subtitle: anyText(150),
    body: anyText(200),
    actions: list(buttonElement, { min: 1, max: 2 }),
  },
  { also: atLeastOne('hero_image', 'title', 'actions', 'body') },
)

const task = {
  'task_id!': text(),
  'title!': text(),
  details: richText,
  output: richText,
  sources: list(record({ 'type!': choice('url'), 'url!': address(), 'text!': text() })),
  status: choice('pending', 'in_progress', 'complete', 'error'),
}

const rawText = record({ 'type!': choice('raw_text'), 'text!': text({ min: 0 }) })
const tableCell = byType({ raw_text: rawText, rich_text: richTextCell }, 'cell type')
const columnSettings = record({ align: choice('left', 'center', 'right'), is_wrapped: flag })

const point = record({ 'label!': text({ max: 20 }), 'value!': number() })
const series = record({ 'name!': text({ max: 20 }), 'data!': list(point, { min: 1, max: 20 }) })
const axes = record({
  'categories!': list(text({ max: 20 }), { max: 20 }),
  x_label: text({ min: 0, max: 50 }),
  y_label: text({ min: 0, max: 50 }),
})
const plot = record({ 'type!': text(), 'series!': list(series, { min: 1, max: 6 }), 'axis_config!': axes })
const pie = record({
  'type!': text(),
  'segments!': list(record({ 'label!': text({ max: 20 }), 'value!': number({ positive: true }) }), {
    min: 1,
    max: 6,
  }),
})

const containable: Record<string, Check> = {
  actions: record({ ...base, 'elements!': list(actionsElement, { min: 1, max: 25 }) }),
  context: record({
    ...base,
    'elements!': list(
      byType({ image: imageElement, plain_text: plainText(), mrkdwn: mrkdwn() }, 'element type'),
      {
        min: 1,
        max: 10,
      },
    ),
  }),
  divider: record(base),
  file: record({ ...base, 'external_id!': text(), 'source!': choice('remote') }),
  header: record({ ...base, 'text!': plainText(150), level: count({ min: 1, max: 4 }) }),
  image: record(
    {
      ...base,
      'alt_text!': text({ max: 2000 }),
      image_url: address({ max: 3000 }),
      slack_file: slackFile,
      title: plainText(2000),
    },
    { also: exactlyOne('image_url', 'slack_file') },
  ),
  input: record(
    {
      ...base,
      'label!': plainText(2000),
      'element!': inputElement,
      dispatch_action: flag,
      hint: plainText(2000),
      optional: flag,
    },
    {
      also: rule('invalid_combination', (block) =>
        isObject(block.element) && block.element.type === 'file_input' && block.dispatch_action === true
          ? 'dispatch_action is not allowed with a file_input'
          : undefined,
      ),
    },
  ),
  rich_text: richText,
  section: record(
    {
      ...base,
      text: anyText(),
      fields: list(anyText(2000), { min: 1, max: 10 }),
      accessory: accessoryElement,
      expand: flag,
    },
    { also: atLeastOne('text', 'fields') },
  ),
  table: record({
    ...base,
    'rows!': list(list(tableCell, { min: 1, max: 20 }), { min: 1, max: 100 }),
    column_settings: list(either(columnSettings, nothing), { max: 20 }),
  }),
  video: record({
    ...base,
    'alt_text!': text(),
    'title!': plainText(199),
    'thumbnail_url!': address(),
    'video_url!': address({ https: true }),
    author_name: text({ min: 0, max: 49 }),
    description: plainText(199),
    provider_icon_url: address(),
    provider_name: text(),
    title_url: address({ https: true }),
  }),
}

const container = record(
  {
    ...base,
    title: plainText(150),
    rich_text_title: richText,
    subtitle: anyText(150),
    icon: imageElement,
    width: choice('narrow', 'standard', 'wide', 'full'),
    is_collapsible: flag,
    default_collapsed: flag,
    has_header_divider: flag,
    'child_blocks!': list(byType(containable, 'block type'), { min: 1, max: 10 }),
  },
  {
    also: all(
      atLeastOne('title', 'rich_text_title'),
      rule('invalid_combination', (block) =>
        block.default_collapsed === true && block.is_collapsible !== true
          ? 'default_collapsed needs is_collapsible'
          : undefined,
      ),
    ),
  },
)

/** Every block type of Slack with its check. */
export const blockKinds: Record<string, Check> = {
  ...containable,
  alert: record({
    ...base,
    'text!': anyText(),
    level: choice('default', 'info', 'warning', 'error', 'success'),
  }),
  card,
  carousel: record({ ...base, 'elements!': list(byType({ card }, 'block type'), { min: 1, max: 10 }) }),
  container,
  context_actions: record({ ...base, 'elements!': list(contextActionsElement, { min: 1, max: 5 }) }),
  data_table: record({
    ...base,
    'caption!': text(),
    page_size: count({ min: 1, max: 100 }),
    row_header_column_index: count({ min: 0, max: 19 }),
    'rows!': list(
      list(
        byType(
          {
            raw_text: record({ 'type!': text(), 'text!': text() }),
            raw_number: record({ 'type!': text(), 'value!': number(), text: text() }),
            rich_text: richTextCell,
          },
          'cell type',
        ),
        { min: 1, max: 20 },
      ),
      { min: 2, max: 101 },
    ),
  }),
  data_visualization: record({
    ...base,
    'title!': text({ max: 50 }),
    'chart!': byType({ line: plot, bar: plot, area: plot, pie }, 'chart type'),
  }),
  markdown: record({ ...base, 'text!': text({ max: 12_000 }) }),
  plan: record({
    ...base,
    'title!': (value, at, found) =>
      typeof value === 'string' ? text()(value, at, found) : plainText()(value, at, found),
    tasks: list(record({ type: choice('task_card'), block_id: ids.block, ...task })),
  }),
  task_card: record({ ...base, ...task }),
}
