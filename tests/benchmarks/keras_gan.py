"""The textbook's deep convolutional GAN in Keras; run by a Python that has TensorFlow, told on standard input.

Each line of input is a number of rounds of the game: so many are played by `train_on_batch`, as the textbook does it,
and the real pictures per second are printed. The argument is the file of digits.
"""

import os
import sys
import time
from typing import Any

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import layers

LATENT, BATCH, WARM = 100, 32, 3
MOMENTUM, LEAK, DROPOUT = 0.8, 0.2, 0.25


def generator() -> Any:
    """From noise to a picture: dense to 7 × 7, then twice doubled and convolved."""
    z = keras.Input((LATENT,))
    x = layers.Reshape((7, 7, 128))(layers.Dense(7 * 7 * 128, activation="relu")(z))
    for channels in (128, 64):
        x = layers.Conv2D(channels, 3, padding="same")(layers.UpSampling2D()(x))
        x = layers.ReLU()(layers.BatchNormalization(momentum=MOMENTUM)(x))
    return keras.Model(z, layers.Conv2D(1, 3, padding="same", activation="tanh")(x))


def discriminator() -> Any:
    """From a picture to the probability that it is real."""
    pictures = keras.Input((28, 28, 1))
    x = pictures
    for channels, strides in ((32, 2), (64, 2), (128, 2), (256, 1)):
        x = layers.Conv2D(channels, 3, strides=strides, padding="same")(x)
        x = layers.Dropout(DROPOUT)(layers.LeakyReLU(negative_slope=LEAK)(x))
    return keras.Model(pictures, layers.Dense(1, activation="sigmoid")(layers.Flatten()(x)))


class Game:
    """Both networks, and a model of the two in which the discriminator does not learn."""

    def __init__(self, digits: Any) -> None:
        self.digits, self.draw = digits, np.random.default_rng(0)
        self.generator, self.discriminator = generator(), discriminator()
        self.discriminator.compile(loss="binary_crossentropy", optimizer=adam())
        # What learns is settled when a model is first trained; one that answers alone needs no loss.
        self.discriminator.train_on_batch(digits[:BATCH], np.ones((BATCH, 1)))
        self.discriminator.trainable = False
        z = keras.Input((LATENT,))
        self.both = keras.Model(z, self.discriminator(self.generator(z)))
        self.both.compile(loss="binary_crossentropy", optimizer=adam())
        before = [weight.numpy() for weight in self.discriminator.weights]
        self.both.train_on_batch(self.noise(), np.ones((BATCH, 1)))
        assert all((was == now.numpy()).all() for was, now in zip(before, self.discriminator.weights, strict=True)
                   if "seed" not in now.path)

    def noise(self) -> Any:
        return self.draw.normal(size=(BATCH, LATENT)).astype("float32")

    def play(self, rounds: int) -> float:
        """Real pictures per second over so many rounds."""
        real, made = np.ones((BATCH, 1)), np.zeros((BATCH, 1))
        began = time.perf_counter()
        for _ in range(rounds):
            pictures = self.digits[self.draw.integers(len(self.digits), size=BATCH)]
            forged = self.generator.predict(self.noise(), verbose=0)
            self.discriminator.train_on_batch(pictures, real)
            self.discriminator.train_on_batch(forged, made)
            self.both.train_on_batch(self.noise(), real)
        return rounds * BATCH / (time.perf_counter() - began)


def adam() -> Any:
    """The optimizer of either, with its own moments."""
    return keras.optimizers.Adam(2e-4, 0.5)


def main() -> None:
    with np.load(sys.argv[1]) as arrays:
        game = Game(arrays["x_train"][..., None].astype("float32") / 127.5 - 1)
    game.play(WARM)
    print("ready", flush=True)
    for line in sys.stdin:
        print(game.play(int(line)), flush=True)


if __name__ == "__main__":
    main()
