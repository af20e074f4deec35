import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const web = `http://127.0.0.1:${process.env.WEB_PORT ?? "8000"}`;

export default defineConfig({
  plugins: [react()],
  server: {
    host: "127.0.0.1",
    port: 5173,
    strictPort: true,
    // The default rubrics lie beside the orchestrator that uses them.
    fs: { allow: ["../../.."] },
    proxy: { "/api": { target: web, changeOrigin: true }, "^/chorus\\.": { target: web, changeOrigin: true } },
  },
  build: { target: "es2023", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  test: { include: ["src/**/*.test.ts"], isolate: false },
});
