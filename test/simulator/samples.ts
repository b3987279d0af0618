// One or more good blocks of every type that Slack has, as starting points for tests that spoil them.

type Sample = Record<string, unknown>

export const plain = (text: string) => ({ type: 'plain_text', text, emoji: true })
export const mrkdwn = (text: string) => ({ type: 'mrkdwn', text, verbatim: false })
const option = (value: string) => ({ text: plain(value), value, description: plain('more') })
const options = [option('a'), option('b')]
const confirm = {
  title: plain('Sure?'),
  text: mrkdwn('Really'),
  confirm: plain('Yes'),
  deny: plain('No'),
  style: 'danger',
}
const image = { type: 'image', image_url: 'https://example.com/a.png', alt_text: 'A' }
const leaves = [
  { type: 'text', text: 'hello', style: { bold: true, code: false } },
  { type: 'link', url: 'https://example.com', text: 'link', unsafe: true },
  { type: 'user', user_id: 'U123' },
  { type: 'usergroup', usergroup_id: 'S123' },
  { type: 'channel', channel_id: 'C123' },
  { type: 'team', team_id: 'T123' },
  { type: 'emoji', name: 'wave', skin_tone: 2 },
  { type: 'broadcast', range: 'here' },
  { type: 'color', value: '#00ff00' },
  { type: 'date', timestamp: 1_700_000_000, format: '{date}', fallback: 'then' },
]
const richText = {
  type: 'rich_text',
  elements: [
    { type: 'rich_text_section', elements: leaves },
    {
      type: 'rich_text_list',
      style: 'bullet',
      indent: 1,
      border: 1,
      elements: [{ type: 'rich_text_section', elements: [leaves[0]] }],
    },
    { type: 'rich_text_preformatted', elements: [leaves[0]], border: 0, language: 'python' },
    { type: 'rich_text_quote', elements: [leaves[0]] },
  ],
}
const common = { confirm, focus_on_load: true, placeholder: plain('Choose') }
const typed = {
  dispatch_action_config: { trigger_actions_on: ['on_enter_pressed'] },
  placeholder: plain('Type'),
}

const button = {
  type: 'button',
  text: plain('Go'),
  action_id: 'go',
  value: '1',
  url: 'https://example.com',
  style: 'primary',
  confirm,
  accessibility_label: 'Go on',
}

/** The interactive elements that an actions block takes. */
export const actionElements: Sample[] = [
  button,
  { type: 'overflow', action_id: 'more', options: [{ ...option('a'), url: 'https://example.com' }], confirm },
  {
    type: 'workflow_button',
    action_id: 'wf',
    text: plain('Run'),
    workflow: {
      trigger: { url: 'https://slack.com/x', customizable_input_parameters: [{ name: 'a', value: 1 }] },
    },
  },
  { type: 'checkboxes', action_id: 'boxes', options, initial_options: [option('a')], confirm },
  {
    type: 'radio_buttons',
    action_id: 'radio',
    options: [{ text: mrkdwn('*a*'), value: 'a' }],
    focus_on_load: true,
  },
  { type: 'datepicker', action_id: 'date', initial_date: '2026-02-28', ...common },
  { type: 'datetimepicker', action_id: 'datetime', initial_date_time: 1_700_000_000, confirm },
  { type: 'timepicker', action_id: 'time', initial_time: '23:59', timezone: 'Europe/Lisbon', ...common },
  { type: 'static_select', action_id: 'static', options, initial_option: option('b'), ...common },
  { type: 'static_select', action_id: 'grouped', option_groups: [{ label: plain('G'), options }] },
  { type: 'external_select', action_id: 'external', min_query_length: 0, initial_option: option('a') },
  { type: 'users_select', action_id: 'user', initial_user: 'U1', ...common },
  {
    type: 'conversations_select',
    action_id: 'conversation',
    initial_conversation: 'C1',
    default_to_current_conversation: true,
    response_url_enabled: true,
    filter: { include: ['im', 'public'], exclude_bot_users: true },
  },
  { type: 'channels_select', action_id: 'channel', initial_channel: 'C1', response_url_enabled: false },
  { type: 'multi_static_select', action_id: 'statics', options, max_selected_items: 2, ...common },
  { type: 'multi_external_select', action_id: 'externals', initial_options: options, min_query_length: 3 },
  { type: 'multi_users_select', action_id: 'users', initial_users: ['U1', 'W2'] },
  {
    type: 'multi_conversations_select',
    action_id: 'conversations',
    initial_conversations: ['C1'],
    filter: { include: ['private'] },
  },
  { type: 'multi_channels_select', action_id: 'channels', initial_channels: ['C1'], max_selected_items: 1 },
]

const inputElements: Sample[] = [
  {
    type: 'plain_text_input',
    action_id: 'text',
    initial_value: 'x',
    multiline: true,
    min_length: 0,
    max_length: 3000,
    ...typed,
  },
  { type: 'email_text_input', action_id: 'email', initial_value: 'a@b.c', ...typed },
  { type: 'url_text_input', action_id: 'url', initial_value: 'https://a.b', focus_on_load: false },
  {
    type: 'number_input',
    action_id: 'number',
    is_decimal_allowed: true,
    initial_value: '-1.5',
    min_value: '-2',
    max_value: '10.0',
  },
  { type: 'rich_text_input', action_id: 'rich', initial_value: richText, ...typed },
  { type: 'file_input', action_id: 'file', filetypes: ['csv'], max_files: 10 },
]

const task = {
  type: 'task_card',
  task_id: 't1',
  title: 'Fetch',
  status: 'in_progress',
  details: richText,
  output: richText,
  sources: [{ type: 'url', url: 'https://example.com', text: 'Source' }],
}

/** Good blocks; spoiling any part of them must be noticed. */
export const goodBlocks: Sample[] = [
  ...actionElements.map((element) => ({ type: 'actions', block_id: 'b', elements: [element] })),
  ...[...inputElements, ...actionElements.slice(3)].map((element) => ({
    type: 'input',
    label: plain('Label'),
    hint: plain('Hint'),
    optional: true,
    dispatch_action: false,
    element,
  })),
  ...[image, button].map((accessory) => ({
    type: 'section',
    text: mrkdwn('hello'),
    expand: true,
    accessory,
  })),
  { type: 'section', fields: [plain('a'), mrkdwn('b')] },
  { type: 'context', elements: [mrkdwn('a'), plain('b'), image] },
  { type: 'divider', block_id: 'd' },
  { type: 'header', text: plain('Title'), level: 2 },
  { ...image, title: plain('T'), block_id: 'i' },
  { type: 'image', alt_text: 'A', slack_file: { id: 'F1' } },
  { type: 'image', alt_text: 'A', slack_file: { url: 'https://files.example.com/a.png' } },
  { ...richText, block_id: 'r' },
  {
    type: 'table',
    rows: [
      [
        { type: 'raw_text', text: '' },
        { type: 'rich_text', elements: richText.elements },
      ],
    ],
    column_settings: [{ align: 'right', is_wrapped: true }, null],
  },
  {
    type: 'video',
    alt_text: 'A',
    title: plain('V'),
    thumbnail_url: 'https://example.com/t.png',
    video_url: 'https://example.com/v',
    author_name: 'A',
    description: plain('D'),
    provider_icon_url: 'https://example.com/p.png',
    provider_name: 'P',
    title_url: 'https://example.com/w',
  },
  { type: 'alert', text: mrkdwn('Careful'), level: 'warning' },
  {
    type: 'card',
    hero_image: image,
    icon: image,
    title: mrkdwn('T'),
    subtitle: plain('S'),
    body: mrkdwn('B'),
    actions: [button],
  },
  { type: 'carousel', elements: [{ type: 'card', title: plain('T') }] },
  {
    type: 'container',
    title: plain('T'),
    subtitle: mrkdwn('S'),
    icon: image,
    width: 'wide',
    is_collapsible: true,
    default_collapsed: true,
    has_header_divider: false,
    child_blocks: [{ type: 'divider' }, { type: 'header', text: plain('H') }],
  },
  { type: 'container', rich_text_title: richText, child_blocks: [{ type: 'section', text: plain('S') }] },
  {
    type: 'context_actions',
    elements: [
      {
        type: 'feedback_buttons',
        action_id: 'fb',
        positive_button: { text: plain('Good'), value: '1', accessibility_label: 'Good' },
        negative_button: { text: plain('Bad'), value: '0' },
      },
      {
        type: 'icon_button',
        icon: 'trash',
        text: plain('Delete'),
        action_id: 'del',
        visible_to_user_ids: ['U1'],
      },
    ],
  },
  {
    type: 'data_table',
    caption: 'Stock',
    page_size: 10,
    row_header_column_index: 0,
    rows: [
      [
        { type: 'raw_text', text: 'a' },
        { type: 'raw_number', value: 1.5, text: '1.5' },
      ],
      [
        { type: 'rich_text', elements: [] },
        { type: 'raw_number', value: 2 },
      ],
    ],
  },
  {
    type: 'data_visualization',
    title: 'Runs',
    chart: {
      type: 'bar',
      series: [{ name: 's', data: [{ label: 'a', value: -1 }] }],
      axis_config: { categories: ['a'], x_label: 'x', y_label: 'y' },
    },
  },
  {
    type: 'data_visualization',
    title: 'Shares',
    chart: { type: 'pie', segments: [{ label: 'a', value: 0.5 }] },
  },
  { type: 'markdown', text: '# Hello' },
  { type: 'plan', title: 'Doing it', tasks: [task] },
  { type: 'plan', title: plain('Doing it') },
  { ...task, block_id: 't' },
]

export const goodModal = {
  type: 'modal',
  title: plain('Title'),
  submit: plain('Send'),
  close: plain('Cancel'),
  callback_id: 'cb',
  private_metadata: '{}',
  external_id: 'ext',
  clear_on_close: true,
  notify_on_close: true,
  blocks: [{ type: 'section', text: plain('Hello') }],
}

export const goodHome = {
  type: 'home',
  callback_id: 'home',
  private_metadata: 'x',
  blocks: [{ type: 'divider' }],
}
