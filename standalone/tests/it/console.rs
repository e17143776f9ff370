//! The console as people meet it: in a browser, with the built program.

mod attacks;
mod errands;
mod live;
mod pages;
mod pictures;
mod world;

mod browser {
    #[tokio::test(flavor = "multi_thread")]
    async fn the_errands_of_a_bad_night_go_from_now_to_mended() {
        super::errands::the_errands_of_a_bad_night_go_from_now_to_mended().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn everything_works_without_scripts() {
        super::errands::everything_works_without_scripts().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_changes_is_seen_and_nothing_else_moves() {
        super::live::what_changes_is_seen_and_nothing_else_moves().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "it makes pictures for people to look at: cargo xtask screenshots"]
    async fn pictures_of_every_page() {
        super::pictures::pictures_of_every_page().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_keyboard_suffices() {
        super::pages::the_keyboard_suffices().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn every_page_is_for_everybody() {
        super::pages::every_page_is_for_everybody().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_co_is_seen_and_touched_by_no_path() {
    attacks::another_co_is_seen_and_touched_by_no_path().await;
}
