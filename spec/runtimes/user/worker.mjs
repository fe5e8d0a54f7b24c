/** The report on the package in workerd. */
import * as api from 'websocket-frames'
import { reportOn } from './check.mjs'
import { serve } from './serve.mjs'
import jsonLines from './vectors.jsonl'

export default serve(() => reportOn(api, jsonLines))
