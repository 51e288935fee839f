/** Starts the pages. */
import { createApp } from "vue";
import App from "./App.vue";
import "./elements.css";
import { watchPrefs } from "./prefs";
import "./style.css";
import { watchUpgrade } from "./upgrade";

watchPrefs();
watchUpgrade();
createApp(App).mount("#app");
