// 试讲: a recording stands in for the microphone: node microphone.mjs BASE_URL SCREENSHOT_FOLDER RECORDING.wav WORD
import { asAgent } from "./agent.mjs";

const [recording, word] = process.argv.slice(4);
const DEVICE = [
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  `--use-file-for-fake-audio-capture=${recording}%noloop`,
];

await asAgent(
  "microphone",
  async (page, shot) => {
    await page.getByTestId("speak").click();
    await page.getByTestId("mic").waitFor();
    await page.locator("[data-testid=utterance][data-final=true]").filter({ hasText: word }).first().waitFor();
    await shot("heard");
    await page.keyboard.press("F8");
    await page.getByText("通话已结束").waitFor();
    await page.getByTestId("mic").waitFor({ state: "detached" });
  },
  DEVICE,
);
