/** Checks the package as `import` finds it. */
import * as api from 'websocket-frames'
import { print } from './print.mjs'

print(api, import.meta.resolve('websocket-frames'))
