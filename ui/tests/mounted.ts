/** Runs a composable inside a component, as the desk does. */
import { createApp } from "vue";

/** What `setup` returns, and how to end the component. */
export function mounted<T>(setup: () => T): { made: T; end: () => void } {
  let made!: T;
  const app = createApp({
    setup() {
      made = setup();
      return () => null;
    },
  });
  app.mount(document.createElement("div"));
  return { made, end: () => app.unmount() };
}
