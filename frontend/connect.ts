/**
 * For an app's own page: `<script src="https://latchkey.example/connect.js"></script>`, then
 * `const { connection_code } = await Latchkey.connect(connect_url)` in a click handler. The package for integrators has the same
 * function as a module.
 */
import { connect } from "latchkey-client/connect";

Object.assign(window, { Latchkey: { connect } });
