/** Starts the citizen's web form; it loads nothing of the desk. */
import { createApp } from "vue";
import "./public.css";
import Public from "./Public.vue";

createApp(Public).mount("#form");
