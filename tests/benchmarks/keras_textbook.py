"""The textbook's variational autoencoder in Keras; run by a Python that has TensorFlow, told on standard input.

Each line of input is a number of batches: so many are trained by `fit`, and the pictures per second are printed.
The argument is the file of digits.
"""

import os
import sys
import time
from typing import Any

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

LATENT, BATCH, WARM = 2, 128, 20


class Sampling(layers.Layer):  # type: ignore[misc]
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.seeds = keras.random.SeedGenerator(0)

    def call(self, inputs: Any) -> Any:
        mean, log_var = inputs
        return mean + ops.exp(0.5 * log_var) * keras.random.normal(ops.shape(mean), seed=self.seeds)


class Autoencoder(keras.Model):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder(), decoder()
        self.trackers = [keras.metrics.Mean(name=name) for name in ("loss", "reconstruction_loss", "kl_loss")]

    @property
    def metrics(self) -> list[Any]:
        return self.trackers

    def train_step(self, pictures: Any) -> dict[str, Any]:
        with tf.GradientTape() as tape:
            mean, log_var, z = self.encoder(pictures)
            cross_entropy = keras.losses.binary_crossentropy(pictures, self.decoder(z))
            reconstruction = ops.mean(ops.sum(cross_entropy, axis=(1, 2)))
            kl = ops.mean(ops.sum(-0.5 * (1 + log_var - ops.square(mean) - ops.exp(log_var)), axis=1))
            loss = reconstruction + kl
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
        for tracker, value in zip(self.trackers, (loss, reconstruction, kl), strict=True):
            tracker.update_state(value)
        return {tracker.name: tracker.result() for tracker in self.trackers}


class Stopwatch(keras.callbacks.Callback):  # type: ignore[misc]
    """Times the passes alone, without what `fit` does before the first one."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.began = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.seconds = time.perf_counter() - self.began


def encoder() -> Any:
    pictures = keras.Input((28, 28, 1))
    x = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(pictures)
    x = layers.Conv2D(64, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Dense(16, activation="relu")(layers.Flatten()(x))
    mean, log_var = layers.Dense(LATENT)(x), layers.Dense(LATENT)(x)
    return keras.Model(pictures, [mean, log_var, Sampling()([mean, log_var])])


def decoder() -> Any:
    z = keras.Input((LATENT,))
    x = layers.Reshape((7, 7, 64))(layers.Dense(7 * 7 * 64, activation="relu")(z))
    x = layers.Conv2DTranspose(64, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Conv2DTranspose(32, 3, strides=2, padding="same", activation="relu")(x)
    return keras.Model(z, layers.Conv2DTranspose(1, 3, padding="same", activation="sigmoid")(x))


def main() -> None:
    with np.load(sys.argv[1]) as arrays:
        digits = arrays["x_train"][..., None].astype("float32") / 255
    model, watch = Autoencoder(), Stopwatch()
    model.compile(optimizer=keras.optimizers.Adam())
    model.fit(digits[:WARM * BATCH], epochs=1, batch_size=BATCH, verbose=0)
    print("ready", flush=True)
    for line in sys.stdin:
        pictures = min(int(line) * BATCH, len(digits))
        model.fit(digits[:pictures], epochs=1, batch_size=BATCH, verbose=0, callbacks=[watch])
        print(pictures / watch.seconds, flush=True)


if __name__ == "__main__":
    main()
