//! What does a person see while a run lasts?

use std::io;
use std::time::{Duration, Instant};

use ratatui::DefaultTerminal;
use ratatui::Frame;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyModifiers};
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Style, Stylize};
use ratatui::text::Line;
use ratatui::widgets::{Block, Gauge, Paragraph, Sparkline};

use super::plan::Plan;
use super::timeline::Second;
use crate::report::human;

/// The terminal, given back when the view is dropped.
#[derive(Debug)]
pub(super) struct View {
    terminal: DefaultTerminal,
    url: String,
    began: Instant,
    duration: Duration,
}

impl View {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn open(plan: &Plan) -> io::Result<Self> {
        let terminal = ratatui::try_init()?;
        Ok(Self { terminal, url: plan.url.clone(), began: Instant::now(), duration: plan.duration })
    }

    /// Shows how the run has gone so far.
    ///
    /// # Errors
    /// The terminal has gone.
    pub(super) fn draw(&mut self, seconds: &[Second]) -> io::Result<()> {
        let elapsed = self.began.elapsed().min(self.duration);
        let (url, duration) = (&self.url, self.duration);
        self.terminal.draw(|frame| draw(frame, url, elapsed, duration, seconds))?;
        Ok(())
    }

    /// The person has pressed `q`, Escape or Ctrl-C.
    ///
    /// # Errors
    /// The terminal has gone.
    pub(super) fn wants_to_stop(&self) -> io::Result<bool> {
        while event::poll(Duration::ZERO)? {
            let Event::Key(key) = event::read()? else { continue };
            let is_ctrl_c =
                key.code == KeyCode::Char('c') && key.modifiers == KeyModifiers::CONTROL;
            if is_ctrl_c || matches!(key.code, KeyCode::Char('q') | KeyCode::Esc) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Drop for View {
    fn drop(&mut self) {
        ratatui::restore();
    }
}

fn draw(
    frame: &mut Frame<'_>,
    url: &str,
    elapsed: Duration,
    duration: Duration,
    seconds: &[Second],
) {
    let rows =
        [Constraint::Length(3), Constraint::Length(4), Constraint::Min(3), Constraint::Min(3)];
    let [progress, figures, rps, p99] = Layout::vertical(rows).areas(frame.area());
    let ratio = (elapsed.as_secs_f64() / duration.as_secs_f64()).clamp(0.0, 1.0);
    let gauge = Gauge::default()
        .block(Block::bordered().title(format!(" {url} ")).title_bottom(" q: stop "))
        .gauge_style(Style::new().fg(Color::Green))
        .label(format!("{:.0} of {:.0} s", elapsed.as_secs_f64(), duration.as_secs_f64()))
        .ratio(ratio);
    frame.render_widget(gauge, progress);
    frame.render_widget(Paragraph::new(lines(seconds)).block(Block::bordered()), figures);
    spark(frame, rps, " answers/s ", Color::Cyan, seconds.iter().map(|second| second.completed));
    let p99_us = seconds.iter().map(|second| second.p99_us as u64);
    spark(frame, p99, " p99 ", Color::Red, p99_us);
}

/// The last second in numbers.
fn lines(seconds: &[Second]) -> Vec<Line<'static>> {
    let Some(last) = seconds.last() else { return vec![Line::from("the first second …").dim()] };
    let errors: u64 = seconds.iter().map(|second| second.errors).sum();
    let completed: u64 = seconds.iter().map(|second| second.completed).sum();
    let errors = Line::from(format!("answers {completed}   errors {errors}"));
    vec![
        Line::from(format!(
            "{}/s   p50 {}   p99 {}   max {}",
            last.completed,
            human(last.p50_us),
            human(last.p99_us),
            human(last.max_us)
        ))
        .bold(),
        if seconds.iter().any(|second| second.errors > 0) { errors.red() } else { errors },
    ]
}

/// The last seconds that fit, the newest at the right.
fn spark(
    frame: &mut Frame<'_>,
    area: Rect,
    title: &'static str,
    color: Color,
    values: impl ExactSizeIterator<Item = u64>,
) {
    let width = usize::from(area.width.saturating_sub(2));
    let hidden = values.len().saturating_sub(width);
    let sparkline = Sparkline::default()
        .block(Block::bordered().title(title))
        .style(Style::new().fg(color))
        .data(values.skip(hidden).collect::<Vec<_>>());
    frame.render_widget(sparkline, area);
}

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::*;

    fn screen(seconds: &[Second]) -> String {
        let mut terminal = Terminal::new(TestBackend::new(60, 16)).expect("memory");
        let all = Duration::from_secs(10);
        let url = "http://127.0.0.1/";
        terminal.draw(|frame| draw(frame, url, all / 2, all, seconds)).expect("memory");
        terminal.backend().to_string()
    }

    #[test]
    fn the_last_second_is_shown_in_numbers() {
        let second = Second {
            second: 0,
            completed: 9000,
            errors: 2,
            p50_us: 120.0,
            p99_us: 900.0,
            max_us: 2500.0,
        };
        let shown = screen(&[second, second]);
        for part in
            ["http://127.0.0.1/", "5 of 10 s", "9000/s", "p99 900 µs", "max 2.50 ms", "errors 4"]
        {
            assert!(shown.contains(part), "{part} in\n{shown}");
        }
    }

    #[test]
    fn before_the_first_second_there_is_nothing_to_show() {
        assert!(screen(&[]).contains("the first second"));
    }
}
