/** What may be attached to a request. */

import type { Limits } from "./limits";

/** A size as people read it. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 2 ** 20 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 2 ** 20).toFixed(1).replace(/\.0$/, "")} MB`;
}

/** Why a file cannot be attached; empty when it can. */
export function refused(file: File, already: readonly File[], { files, bytes, types }: Limits): string {
  const ending = file.name.split(".").pop()?.toLowerCase() ?? "";
  if (already.length >= files) return `最多 ${files} 个附件，“${file.name}”没有加上`;
  if (already.some((one) => one.name === file.name && one.size === file.size)) return `“${file.name}”已经在列表里`;
  if (!types.includes(ending)) return `“${file.name}”的类型不能上传，可以传照片、PDF、Word、Excel、录音或视频`;
  if (!file.size) return `“${file.name}”是空文件`;
  const all = already.reduce((sum, one) => sum + one.size, file.size);
  return all > bytes ? `加上“${file.name}”共 ${size(all)}，附件合计最大 ${size(bytes)}` : "";
}
