/** Reports what the package calls while workerd imports it, and in a request handler that masks. Uses no `node:` modules. */
import { calls } from './watch.mjs'
import * as api from 'websocket-frames'
import { maskingKeyFailures } from './keys.mjs'
import { serve } from './serve.mjs'

const callsAtImport = [...calls]

export default serve(() => ({ callsAtImport, keys: maskingKeyFailures(api), calls: [...new Set(calls)] }))
