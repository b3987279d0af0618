// Emoji by the names that Slack gives them; a name that is not here stays readable as `:name:`.
import { h } from './dom.js'
import { DRAWN, drawing } from './emoji-art.js'

/** Pairs of name(s) and character, several names joined by `|`. */
const LIST = `
white_check_mark ✅;heavy_check_mark ✔️;ballot_box_with_check ☑️;x ❌;heavy_multiplication_x ✖️;negative_squared_cross_mark ❎
warning ⚠️;no_entry ⛔;no_entry_sign 🚫;exclamation|heavy_exclamation_mark ❗;grey_exclamation ❕;question ❓;grey_question ❔
bangbang ‼️;interrobang ⁉️;information_source ℹ️;red_circle 🔴;large_green_circle|green_circle 🟢;large_yellow_circle 🟡
large_orange_circle 🟠;large_blue_circle 🔵;large_purple_circle 🟣;white_circle ⚪;black_circle ⚫;large_green_square 🟩;large_red_square 🟥
large_yellow_square 🟨;large_blue_square 🟦;white_large_square ⬜;black_large_square ⬛;white_small_square ▫️;black_small_square ▪️
large_blue_diamond 🔷;large_orange_diamond 🔶;small_red_triangle 🔺;small_red_triangle_down 🔻
hourglass ⌛;hourglass_flowing_sand ⏳;stopwatch ⏱️;timer_clock ⏲️;alarm_clock ⏰;clock1 🕐;clock3 🕒;clock9 🕘;clock12 🕛;mantelpiece_clock 🕰️
arrows_counterclockwise 🔄;arrows_clockwise 🔃;repeat 🔁;repeat_one 🔂;rewind ⏪;fast_forward ⏩;arrow_forward ▶️;arrow_backward ◀️
double_vertical_bar|pause_button ⏸️;black_square_for_stop|stop_button ⏹️;black_right_pointing_double_triangle_with_vertical_bar ⏭️
arrow_right ➡️;arrow_left ⬅️;arrow_up ⬆️;arrow_down ⬇️;arrow_upper_right ↗️;arrow_lower_right ↘️;arrow_right_hook ↪️;leftwards_arrow_with_hook ↩️
arrow_heading_down ⤵️;arrow_heading_up ⤴️;left_right_arrow ↔️;arrow_up_down ↕️;twisted_rightwards_arrows 🔀;heavy_plus_sign ➕;heavy_minus_sign ➖;heavy_division_sign ➗
rotating_light 🚨;fire 🔥;boom|collision 💥;zap ⚡;bug 🐛;construction 🚧;octagonal_sign 🛑;traffic_light|vertical_traffic_light 🚦;sos 🆘;new 🆕;ok 🆗;up 🆙;cool 🆒;free 🆓
rocket 🚀;tada 🎉;confetti_ball 🎊;sparkles ✨;star ⭐;star2 🌟;dizzy 💫;trophy 🏆;medal|sports_medal 🏅;first_place_medal 🥇;dart 🎯;100 💯;gift 🎁;balloon 🎈;crown 👑
gear ⚙️;wrench 🔧;hammer 🔨;hammer_and_wrench 🛠️;nut_and_bolt 🔩;toolbox 🧰;screwdriver 🪛;magnet 🧲;test_tube 🧪;microscope 🔬;telescope 🔭;satellite 🛰️;battery 🔋;electric_plug 🔌
package 📦;truck 🚚;articulated_lorry 🚛;factory 🏭;department_store 🏬;office 🏢;house 🏠;hospital 🏥;bank 🏦;convenience_store 🏪;shopping_trolley 🛒;shopping_bags 🛍️;ship 🚢;airplane ✈️
label 🏷️;bookmark 🔖;receipt 🧾;moneybag 💰;dollar 💵;euro 💶;pound 💷;yen 💴;credit_card 💳;money_with_wings 💸;coin 🪙;chart 💹;heavy_dollar_sign 💲
bar_chart 📊;chart_with_upwards_trend 📈;chart_with_downwards_trend 📉;clipboard 📋;pushpin 📌;round_pushpin 📍;paperclip 📎;memo|pencil 📝;pencil2 ✏️;card_index 📇;card_index_dividers 🗂️;card_file_box 🗃️
file_folder 📁;open_file_folder 📂;file_cabinet 🗄️;wastebasket 🗑️;page_facing_up 📄;page_with_curl 📃;bookmark_tabs 📑;newspaper 📰;notebook 📓;ledger 📒;books 📚;book|open_book 📖;scroll 📜
email|envelope ✉️;e-mail 📧;incoming_envelope 📨;envelope_with_arrow 📩;inbox_tray 📥;outbox_tray 📤;mailbox 📫;postbox 📮;telephone_receiver 📞;phone|telephone ☎️;iphone 📱
calendar 📆;date 📅;spiral_calendar_pad 🗓️;computer 💻;desktop_computer 🖥️;printer 🖨️;keyboard ⌨️;floppy_disk 💾;cd 💿;minidisc 💽;camera 📷;tv 📺;radio 📻;mag 🔍;mag_right 🔎
lock 🔒;unlock 🔓;closed_lock_with_key 🔐;key 🔑;old_key 🗝️;shield 🛡️;link 🔗;chains ⛓️;scissors ✂️;triangular_ruler 📐;straight_ruler 📏;abacus 🧮;bulb 💡;flashlight 🔦;candle 🕯️
bell 🔔;no_bell 🔕;loudspeaker 📢;mega 📣;speech_balloon 💬;thought_balloon 💭;left_speech_bubble 🗨️;mute 🔇;speaker 🔈;loud_sound 🔊;eyes 👀;eye 👁️;brain 🧠;robot_face|robot 🤖
wave 👋;+1|thumbsup 👍;-1|thumbsdown 👎;clap 👏;raised_hands 🙌;pray 🙏;ok_hand 👌;point_right 👉;point_left 👈;point_up_2 👆;point_down 👇;point_up ☝️;muscle 💪;handshake 🤝
v ✌️;crossed_fingers|hand_with_index_and_middle_fingers_crossed 🤞;raised_hand|hand ✋;raised_back_of_hand 🤚;writing_hand ✍️;fist 👊;selfie 🤳;call_me_hand 🤙;raising_hand 🙋;man_shrugging 🤷‍♂️;shrug 🤷;facepalm 🤦
smile 😄;smiley 😃;grinning 😀;grin 😁;laughing|satisfied 😆;joy 😂;rolling_on_the_floor_laughing 🤣;sweat_smile 😅;slightly_smiling_face 🙂;upside_down_face 🙃;wink 😉;blush 😊;innocent 😇
heart_eyes 😍;star-struck 🤩;kissing_heart 😘;yum 😋;stuck_out_tongue 😛;sunglasses 😎;nerd_face 🤓;thinking_face|thinking 🤔;face_with_monocle 🧐;neutral_face 😐;expressionless 😑;no_mouth 😶
smirk 😏;unamused 😒;face_with_rolling_eyes 🙄;grimacing 😬;relieved 😌;pensive 😔;sleeping 😴;sleepy 😪;mask 😷;confused 😕;worried 😟;slightly_frowning_face 🙁;open_mouth 😮;astonished 😲
flushed 😳;fearful 😨;cold_sweat 😰;cry 😢;sob 😭;scream 😱;disappointed 😞;sweat 😓;weary 😩;tired_face 😫;rage 😡;angry 😠;exploding_head 🤯;partying_face 🥳;hugging_face 🤗;saluting_face 🫡
zipper_mouth_face 🤐;face_with_raised_eyebrow 🤨;melting_face 🫠;pleading_face 🥺;ghost 👻;skull 💀;alien 👽;hankey|poop 💩;see_no_evil 🙈;hear_no_evil 🙉;speak_no_evil 🙊
heart ❤️;orange_heart 🧡;yellow_heart 💛;green_heart 💚;blue_heart 💙;purple_heart 💜;black_heart 🖤;broken_heart 💔;sparkling_heart 💖;two_hearts 💕;heartpulse 💗;cupid 💘
one 1️⃣;two 2️⃣;three 3️⃣;four 4️⃣;five 5️⃣;six 6️⃣;seven 7️⃣;eight 8️⃣;nine 9️⃣;zero 0️⃣;keycap_ten 🔟;hash #️⃣;1234 🔢;abc 🔤;id 🆔;recycle ♻️;copyright ©️;registered ®️;tm ™️
sunny ☀️;partly_sunny ⛅;cloud ☁️;rain_cloud 🌧️;thunder_cloud_and_rain ⛈️;snowflake ❄️;umbrella ☔;rainbow 🌈;ocean 🌊;droplet 💧;sweat_drops 💦;dash 💨;tornado 🌪️;thermometer 🌡️;crescent_moon 🌙;earth_africa 🌍;earth_americas 🌎;globe_with_meridians 🌐;world_map 🗺️
seedling 🌱;evergreen_tree 🌲;deciduous_tree 🌳;palm_tree 🌴;cactus 🌵;herb 🌿;four_leaf_clover 🍀;maple_leaf 🍁;fallen_leaf 🍂;rose 🌹;sunflower 🌻;tulip 🌷;cherry_blossom 🌸
dog 🐶;cat 🐱;mouse 🐭;rabbit 🐰;fox_face 🦊;bear 🐻;panda_face 🐼;penguin 🐧;bird 🐦;owl 🦉;duck 🦆;unicorn_face 🦄;bee 🐝;snail 🐌;turtle 🐢;snake 🐍;octopus 🐙;crab 🦀;fish 🐟;whale 🐳;dolphin 🐬;elephant 🐘
coffee ☕;tea 🍵;beer 🍺;beers 🍻;wine_glass 🍷;champagne 🍾;pizza 🍕;hamburger 🍔;taco 🌮;bread 🍞;cheese_wedge 🧀;apple 🍎;banana 🍌;lemon 🍋;strawberry 🍓;avocado 🥑;carrot 🥕;cake 🍰;birthday 🎂;cookie 🍪;doughnut 🍩;popcorn 🍿;salt 🧂;egg 🥚;rice 🍚
bust_in_silhouette 👤;busts_in_silhouette 👥;technologist 🧑‍💻;detective 🕵️;construction_worker 👷;cop 👮;health_worker 🧑‍⚕️;teacher 🧑‍🏫;cook 🧑‍🍳;farmer 🧑‍🌾;office_worker 🧑‍💼;scientist 🧑‍🔬;artist 🧑‍🎨;firefighter 🧑‍🚒
art 🎨;musical_note 🎵;headphones 🎧;microphone 🎤;guitar 🎸;game_die 🎲;jigsaw 🧩;video_game 🎮;soccer ⚽;basketball 🏀;checkered_flag 🏁;triangular_flag_on_post 🚩;waving_white_flag 🏳️;crossed_flags 🎌
car|red_car 🚗;taxi 🚕;bus 🚌;ambulance 🚑;fire_engine 🚒;police_car 🚓;tractor 🚜;bike 🚲;train 🚆;anchor ⚓;helicopter 🚁;parking 🅿️;wheelchair ♿;baggage_claim 🛄;compass 🧭;tent ⛺;crystal_ball 🔮;nazar_amulet 🧿;ladder 🪜;broom 🧹;soap 🧼;pill 💊;syringe 💉;dna 🧬
`

/** @type {Map<string, string>} */
export const EMOJI = new Map()
for (const entry of LIST.trim().split(/[;\n]/)) {
  const space = entry.lastIndexOf(' ')
  for (const name of entry.slice(0, space).split('|')) EMOJI.set(name.trim(), entry.slice(space + 1))
}

/** Names by character, without variation selectors. @type {Map<string, string>} */
const NAMES = new Map([...EMOJI].reverse().map(([name, char]) => [char.replace(/\uFE0F/g, ''), name]))

/** The character for a name, or null. @param {string} name */
export const emojiChar = (name) => EMOJI.get(name.toLowerCase()) ?? null

/**
 * A character with its name for those who do not see it; drawn where there is a drawing.
 * @param {string} char @param {string} name
 */
export const charNode = (char, name) =>
  h(
    'span',
    { class: 'emoji', title: `:${name}:`, role: 'img', 'aria-label': name.replace(/_/g, ' ') },
    drawing(char) ?? char,
  )

/** @param {string} name */
export function emojiNode(name) {
  const char = emojiChar(name)
  return char && charNode(char, name)
}

/**
 * Plain text with `:names:` turned into characters, for labels and attributes.
 * @param {string} text
 */
export const withEmoji = (text) =>
  String(text ?? '').replace(/:([a-z0-9_+'-]+):/gi, (whole, name) => emojiChar(name) ?? whole)

/**
 * Text nodes, with the drawn characters as drawings.
 * @param {string} text
 * @returns {DocumentFragment}
 */
export function textNodes(text) {
  const out = document.createDocumentFragment()
  let rest = text
  for (let found = DRAWN.exec(rest); found; found = DRAWN.exec(rest)) {
    out.append(rest.slice(0, found.index), charNode(found[1], NAMES.get(found[1]) ?? found[1]))
    rest = rest.slice(found.index + found[0].length)
  }
  if (rest) out.append(rest)
  return out
}
