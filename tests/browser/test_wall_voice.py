"""What a wall plays whose browser has no Chinese voice: a city's recordings, and tones where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from dash import Dash
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_wall_control import ALARM, CALM
from tests.browser.wall_harness import serving, wall_app
from tests.browser.wall_page import change, open_wall

pytestmark = pytest.mark.browser

# A loudspeaker that keeps what it is given: hertz of a tone, the bytes of a recording as text. No speech.
LOUDSPEAKER = """
window.played = [];
class Loudspeaker {
    state = "running";
    currentTime = 0;
    destination = {};
    createGain() {
        return { gain: { setValueAtTime() {}, exponentialRampToValueAtTime() {} }, connect: (next) => next };
    }
    createOscillator() {
        const frequency = { value: 0 };
        return { frequency, connect: (next) => next, start: () => played.push(frequency.value), stop() {} };
    }
    async decodeAudioData(bytes) {
        const words = new TextDecoder().decode(bytes);
        if (window.unreadable) throw new Error("no sound");
        return { words, duration: window.lasting ?? 60 };
    }
    createBufferSource() {
        return {
            connect: (next) => next, stop() { this.onended(); },
            start() { played.push(this.buffer.words); if (!window.long) queueMicrotask(() => this.onended()); },
        };
    }
}
window.AudioContext = Loudspeaker;
window.voices = null;
Object.defineProperty(window, "speechSynthesis", { get: () => window.voices ?? undefined });
"""
CALL = [880, 660]


@pytest.fixture(scope="module")
def app() -> Dash:
    return wall_app()


@pytest.fixture(scope="module")
def wall(chromium: Browser, app: Dash) -> Iterator[Page]:
    """A held wall that speaks and turns to nothing by itself."""
    app.server.config["orders"].update(held=True, revision=1, speaks=True, recordings={})
    with serving(app) as address:
        page = open_wall(chromium, f"{address}?free", script=LOUDSPEAKER)
        expect(page.locator("#wall-scene-line")).to_contain_text("保持")
        change(page, CALM)
        yield page
        assert page.faults == []
        page.close()


def played(page: Page, app: Dash, recordings: dict[str, str], script: str = "") -> list[Any]:
    """What is heard of one new emergency on a wall that was told of these recordings.

    The voice keeps twenty seconds between two sayings; it is a voice of its own here.
    """
    return page.evaluate(
        """async ([recordings, script]) => {
            const { Chime } = await import("/assets/live/chime.mjs");
            const { cuesOf } = await import("/assets/wall/cues.mjs");
            const { text } = await import("/assets/live/catalogue.mjs");
            window.played.length = 0;
            const chime = new Chime();
            await chime.learn(recordings);
            new Function(script)();
            const matters = new Map([["m", { ...live.matters.get("m-G0431"), acknowledged: false }]]);
            const context = { places: new Map(), demonstration: true };
            const [cue] = cuesOf(matters, [], live.now(), context, text);
            const heard = await chime.play(cue.say, cue.phrase);
            Object.assign(window, { unreadable: false, voices: null });
            return [heard, chime.way, [...window.played]];
        }""",
        [recordings, script],
    )


BOTH = {phrase: f"{phrase}.mp3" for phrase in ("wall.voice.demonstration", "wall.voice.new")}


def test_without_speech_the_citys_recordings_are_played_twice(wall: Page, app: Dash) -> None:
    once = [*CALL, "wall.voice.demonstration.mp3", "wall.voice.new.mp3"]
    assert played(wall, app, BOTH) == [True, "recording", once * 2]


def test_a_phrase_that_nobody_recorded_is_a_figure_of_tones_of_its_cause(wall: Page, app: Dash) -> None:
    for recordings in ({}, {"wall.voice.new": "wall.voice.new.mp3"}):  # half a sentence is none
        assert played(wall, app, recordings) == [True, "earcon", [*CALL, 660, 880, 1175] * 2]
    figures = wall.evaluate(
        "import('/assets/live/earcons.mjs').then(m => Object.values(m.EARCONS).map(String))"
    )
    assert len(figures) == len(set(figures)) == 4


def test_a_recording_that_the_browser_cannot_read_is_tones_too(wall: Page, app: Dash) -> None:
    heard = played(wall, app, BOTH, "window.unreadable = true")
    assert heard == [True, "earcon", [*CALL, 660, 880, 1175] * 2]


def test_an_english_voice_and_one_that_fails_are_no_voice(wall: Page, app: Dash) -> None:
    english = "window.voices = { getVoices: () => [{ lang: 'en-GB' }], cancel() {} }"
    assert played(wall, app, BOTH, english)[1] == "recording"
    failing = """
        window.SpeechSynthesisUtterance = class { constructor(words) { this.text = words; } };
        window.voices = { getVoices: () => [{ lang: 'zh-CN' }], cancel() {},
            speak: (words) => words.onerror({ error: 'synthesis-failed' }) };
    """
    assert played(wall, app, BOTH, failing)[1] == "recording"
    speaking = failing.replace("words.onerror({ error: 'synthesis-failed' })", "words.onend()")
    assert played(wall, app, BOTH, speaking) == [True, "speech", CALL * 2]


def test_what_is_stopped_is_not_played_to_its_end(wall: Page) -> None:
    heard = wall.evaluate(
        """async () => {
            const { Chime } = await import("/assets/live/chime.mjs");
            const chime = new Chime();
            await chime.learn({ "wall.voice.new": "wall.voice.new.mp3" });
            window.played.length = 0;
            window.long = true;
            const playing = chime.play("", { cause: "new", clips: ["wall.voice.new", "wall.voice.new"] });
            while (!window.played.includes("wall.voice.new.mp3")) await new Promise(requestAnimationFrame);
            chime.stop();
            const heard = await playing;
            window.long = false;
            return [heard, window.played];
        }"""
    )
    assert heard == [False, [*CALL, "wall.voice.new.mp3"]]


def test_a_recording_that_never_says_that_it_has_ended_silences_nothing(wall: Page) -> None:
    heard = wall.evaluate(
        """async () => {
            const { RecordedVoice } = await import("/assets/live/recorded_voice.mjs");
            const voice = new RecordedVoice();
            await voice.load({ "wall.voice.new": "wall.voice.new.mp3" });
            window.played.length = 0;
            Object.assign(window, { long: true, lasting: 0 });
            const heard = await voice.play(new AudioContext(), ["wall.voice.new"], () => true);
            Object.assign(window, { long: false, lasting: undefined });
            return [heard, window.played];
        }"""
    )
    assert heard == [True, ["wall.voice.new.mp3"]]


def test_a_wall_loads_what_its_orders_name_and_plays_it_at_an_alarm(wall: Page, app: Dash) -> None:
    app.server.config["orders"].update(recordings=BOTH)
    wall.evaluate("live.emit('news', new Set(['walls']))")
    expect(wall.locator("[data-page]")).to_have_attribute("data-recordings", "2")
    wall.evaluate("played.length = 0")
    change(wall, "live.demonstration = true;" + ALARM)
    expect(wall.locator("[data-page]")).to_have_attribute("data-voice", "on")
    wall.wait_for_function("played.length > 2")
    assert wall.evaluate("played.slice(0, 3)") == [*CALL, "wall.voice.demonstration.mp3"]
