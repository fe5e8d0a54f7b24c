/** Checks the package as `require` finds it. */
const api = require('websocket-frames')

import('./print.mjs').then(({ print }) => print(api, require.resolve('websocket-frames')))
