import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [vue()],
  build: { outDir: "../copilot/static", emptyOutDir: true, chunkSizeWarningLimit: 1500, rolldownOptions: { input: ["index.html", "form.html"] } },
  test: { environment: "happy-dom", include: ["tests/*.test.ts"] },
  server: { proxy: { "/api": { target: "http://127.0.0.1:8000", ws: true } } },
});
