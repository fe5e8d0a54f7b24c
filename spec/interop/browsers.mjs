/**
 * Debian's Chromium and Firefox, headless, with a profile that is thrown away, and telling nobody of it.
 */
import puppeteer from 'puppeteer-core'
import { chromium, firefox } from './tools.mjs'

const isRoot = process.getuid?.() === 0

const preferences = {
  'app.normandy.enabled': false,
  'browser.safebrowsing.downloads.remote.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.enabled': false,
}

export const browsers = [
  {
    name: 'Chromium',
    ...chromium,
    launch: () =>
      puppeteer.launch({
        browser: 'chrome',
        executablePath: chromium.command ?? '',
        // Its sandbox does not work for root, as whom tests often run in containers.
        args: ['--disable-gpu', '--disable-quic', ...(isRoot ? ['--no-sandbox'] : [])],
        timeout: 60_000,
      }),
  },
  {
    name: 'Firefox',
    ...firefox,
    launch: () =>
      puppeteer.launch({
        browser: 'firefox',
        executablePath: firefox.command ?? '',
        extraPrefsFirefox: preferences,
        timeout: 60_000,
      }),
  },
]
