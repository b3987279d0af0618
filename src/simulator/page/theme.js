// Sets the chosen theme before anything is drawn, so that a dark page does not flash white.
import { memory } from './memory.js'

const theme = memory.theme()
if (theme) document.documentElement.dataset.theme = theme
