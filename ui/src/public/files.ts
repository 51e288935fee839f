/** What may be attached to a request. */

export const MOST = 5;
/** Bytes of all files together. */
export const LARGEST = 20 * 2 ** 20;
export const TYPES = ["jpg", "jpeg", "png", "gif", "bmp", "webp", "heic", "pdf", "docx", "xlsx", "txt", "mp3", "wav", "amr", "m4a", "mp4", "mov"];

/** A size as people read it. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 2 ** 20 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 2 ** 20).toFixed(1).replace(/\.0$/, "")} MB`;
}

/** Why a file cannot be attached; empty when it can. */
export function refused(file: File, already: readonly File[]): string {
  const ending = file.name.split(".").pop()?.toLowerCase() ?? "";
  if (already.length >= MOST) return `最多 ${MOST} 个附件，“${file.name}”没有加上`;
  if (already.some((one) => one.name === file.name && one.size === file.size)) return `“${file.name}”已经在列表里`;
  if (!TYPES.includes(ending)) return `“${file.name}”的类型不能上传，可以传照片、PDF、Word、Excel、录音或视频`;
  if (!file.size) return `“${file.name}”是空文件`;
  const all = already.reduce((sum, one) => sum + one.size, file.size);
  return all > LARGEST ? `加上“${file.name}”共 ${size(all)}，附件合计最大 ${size(LARGEST)}` : "";
}
