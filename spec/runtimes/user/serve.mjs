/** A worker that responds to each request with a report. `workerd test` makes the request and prints the response, without a network. */

/** @param {() => object} report */
export function serve(report) {
  return {
    fetch: () => Response.json(report()),
    async test(_controller, { worker }) {
      const response = await worker.fetch('http://worker/')
      console.log(await response.text())
    },
  }
}
