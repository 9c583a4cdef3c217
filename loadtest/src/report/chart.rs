//! How does a run look?

use std::error::Error;
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::{
    BLACK, BLUE, ChartBuilder, Color, DrawingArea, IntoDrawingArea, IntoLogRange, LineSeries, RED,
    SVGBackend, SeriesLabelPosition, WHITE,
};

use super::Report;
use super::text::human;

const WIDTH: u32 = 960;
const HEIGHT: u32 = 960;
/// The most points of one line; longer runs are thinned out.
const POINTS_MAX: usize = 1_000;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn Error>>;

/// Draws the percentiles and the course of a run to an SVG file.
///
/// # Errors
/// The file cannot be written.
pub fn draw(report: &Report, path: &Path) -> Drawn {
    let area = SVGBackend::new(path, (WIDTH, HEIGHT)).into_drawing_area();
    area.fill(&WHITE)?;
    let (percentiles, course) = area.split_vertically(HEIGHT / 2);
    draw_percentiles(report, &percentiles)?;
    draw_course(report, &course)?;
    area.present()?;
    Ok(())
}

/// Latency over `1 / (1 − percentile)`, so that each nine is as wide as the one before.
fn draw_percentiles(report: &Report, area: &Area<'_>) -> Drawn {
    let points = percentile_points(report);
    let most = report.latency_us.max.max(10.0) * 1.2;
    let least = report.latency_us.min.max(1.0) * 0.8;
    let caption = format!("{}: latency from the moment due", report.url);
    let mut chart = ChartBuilder::on(area)
        .caption(caption, ("sans-serif", 18))
        .margin(16)
        .x_label_area_size(40)
        .y_label_area_size(80)
        .build_cartesian_2d((1.0..1e6).log_scale(), (least..most).log_scale())?;
    chart
        .configure_mesh()
        .x_desc("percentile")
        .x_label_formatter(&|inverse| format!("{} %", percentile_label(*inverse)))
        .y_label_formatter(&|us| human(*us))
        .draw()?;
    chart.draw_series(LineSeries::new(points, BLUE.stroke_width(2)))?;
    Ok(())
}

fn percentile_points(report: &Report) -> Vec<(f64, f64)> {
    (0..=120)
        .map(|step| {
            let inverse = 10_f64.powf(f64::from(step) / 20.0);
            let us = report.latency_us_at(100.0 - 100.0 / inverse);
            (inverse, us.max(1.0))
        })
        .collect()
}

/// `10` → `90`, `1000` → `99.9`.
fn percentile_label(inverse: f64) -> String {
    let text = format!("{:.4}", 100.0 - 100.0 / inverse);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn draw_course(report: &Report, area: &Area<'_>) -> Drawn {
    let step = report.timeline.len().div_ceil(POINTS_MAX).max(1);
    let seconds: Vec<_> = report.timeline.iter().step_by(step).collect();
    let end = seconds.last().map_or(1, |last| last.second.max(1)) as f64;
    let p99_most = seconds.iter().map(|second| second.p99_us).fold(10.0, f64::max) * 1.2;
    let rps_most = seconds.iter().map(|second| second.completed).max().unwrap_or(0).max(1) as f64;
    let mut chart = ChartBuilder::on(area)
        .caption(
            "course: p99 (red, left) and answers per second (black, right)",
            ("sans-serif", 18),
        )
        .margin(16)
        .x_label_area_size(40)
        .y_label_area_size(80)
        .right_y_label_area_size(80)
        .build_cartesian_2d(0.0..end, (1.0..p99_most).log_scale())?
        .set_secondary_coord(0.0..end, 0.0..rps_most * 1.1);
    chart.configure_mesh().x_desc("seconds").y_label_formatter(&|us| human(*us)).draw()?;
    chart.configure_secondary_axes().y_desc("answers/s").draw()?;
    let p99 = seconds.iter().map(|second| (second.second as f64, second.p99_us.max(1.0)));
    chart.draw_series(LineSeries::new(p99, &RED))?.label("p99");
    let rps = seconds.iter().map(|second| (second.second as f64, second.completed as f64));
    chart.draw_secondary_series(LineSeries::new(rps, &BLACK))?.label("answers/s");
    chart.configure_series_labels().position(SeriesLabelPosition::UpperRight).draw()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::sample;
    use super::*;
    use crate::run::OwnLoad;

    #[test]
    fn a_run_becomes_a_picture() {
        let path = std::env::temp_dir().join(format!("tollgate-chart-{}.svg", std::process::id()));
        draw(&sample(0, OwnLoad::default()), &path).expect("a writable folder");
        let svg = std::fs::read_to_string(&path).expect("the picture");
        std::fs::remove_file(&path).expect("ours");
        assert!(svg.starts_with("<svg") && svg.contains("polyline"), "{}", &svg[..200]);
    }

    #[test]
    fn each_nine_has_its_label() {
        for (inverse, expected) in [(1.0, "0"), (10.0, "90"), (1e3, "99.9"), (1e6, "99.9999")] {
            assert_eq!(percentile_label(inverse), expected);
        }
    }
}
