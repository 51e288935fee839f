// Hands what the microphone hears to the page, 1,024 samples at a time. A file of its own: the page's policy allows no other.
class Microphone extends AudioWorkletProcessor {
  block = new Float32Array(1024);
  filled = 0;

  process([[channel]]) {
    if (!channel) return true;
    this.block.set(channel, this.filled);
    this.filled += channel.length;
    if (this.filled >= this.block.length) {
      this.port.postMessage(this.block.slice());
      this.filled = 0;
    }
    return true;
  }
}

registerProcessor("microphone", Microphone);
