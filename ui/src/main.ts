/** Starts the pages. */
import { createApp } from "vue";
import App from "./App.vue";
import "./elements.css";
import { watchPrefs } from "./prefs";
import "./style.css";

watchPrefs();
createApp(App).mount("#app");
