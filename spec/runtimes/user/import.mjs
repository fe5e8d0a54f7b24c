/** Checks the package as `import` finds it. */
import * as api from 'websocket-frames'
import { check } from './check.mjs'

check(api, import.meta.resolve('websocket-frames'))
