/** Checks the package as `require` finds it. */
const api = require('websocket-frames')

import('./check.mjs').then(({ check }) => check(api, require.resolve('websocket-frames')))
