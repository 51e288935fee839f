/** A part of the pages that few need: had from the server when it is first shown. */
import { type AsyncComponentLoader, type Component, defineAsyncComponent } from "vue";
import Unopened from "./Unopened.vue";

export const lazy = <T extends Component>(loader: AsyncComponentLoader<T>) =>
  defineAsyncComponent({ loader: loader as AsyncComponentLoader<Component>, errorComponent: Unopened }) as unknown as T;
